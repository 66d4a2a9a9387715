/*
 * attributes_json.c - how attributes are told
 */
#include <stdlib.h>

#include "attributes_json.h"

static const char *const emotion_names[EMOTION_COUNT] = {
    [EMOTION_CALM] = "CALM",
    [EMOTION_HAPPY] = "HAPPY",
    [EMOTION_SAD] = "SAD",
    [EMOTION_ANGRY] = "ANGRY",
    [EMOTION_FEAR] = "FEAR",
    [EMOTION_DISGUSTED] = "DISGUSTED",
    [EMOTION_SURPRISED] = "SURPRISED",
};

struct feeling {
    const char *name;
    double confidence;
};

static int by_confidence(const void *one, const void *other)
{
    double a = ((const struct feeling *)one)->confidence;
    double b = ((const struct feeling *)other)->confidence;

    return (a < b) - (a > b);
}

static void add_emotions(struct json *detail,
                         const struct attributes *attributes)
{
    struct json *list = json_add(detail, "Emotions", json_array());
    struct feeling feelings[EMOTION_COUNT];

    for (size_t i = 0; i < EMOTION_COUNT; i++)
        feelings[i] =
            (struct feeling){emotion_names[i], attributes->emotions[i]};
    qsort(feelings, EMOTION_COUNT, sizeof *feelings, by_confidence);
    for (size_t i = 0; i < EMOTION_COUNT; i++) {
        struct json *object = json_append(list, json_object());

        json_add_text(object, "Type", feelings[i].name);
        json_add_number(object, "Confidence",
                        json_rounded(feelings[i].confidence));
    }
}

static void add_age_range(struct json *detail,
                          const struct attributes *attributes)
{
    struct json *range = json_add(detail, "AgeRange", json_object());

    json_add_number(range, "Low", attributes->age_low);
    json_add_number(range, "High", attributes->age_high);
}

static void add_gender(struct json *detail, const struct opinion *is_male)
{
    struct json *gender = json_add(detail, "Gender", json_object());

    json_add_text(gender, "Value", is_male->value ? "Male" : "Female");
    json_add_number(gender, "Confidence", json_rounded(is_male->confidence));
}

static void add_opinion(struct json *detail, const char *name,
                        const struct opinion *opinion)
{
    struct json *object = json_add(detail, name, json_object());

    json_add_bool(object, "Value", opinion->value);
    json_add_number(object, "Confidence", json_rounded(opinion->confidence));
}

void attributes_add_json(struct json *detail,
                         const struct attributes *attributes, unsigned asked)
{
    const struct {
        enum attribute attribute;
        const char *name;
        const struct opinion *opinion;
    } opinions[] = {
        {ATTRIBUTE_SMILE, "Smile", &attributes->smile},
        {ATTRIBUTE_EYEGLASSES, "Eyeglasses", &attributes->eyeglasses},
        {ATTRIBUTE_EYES_OPEN, "EyesOpen", &attributes->eyes_open},
        {ATTRIBUTE_MOUTH_OPEN, "MouthOpen", &attributes->mouth_open},
    };

    if (attributes->has_age && attributes_ask(asked, ATTRIBUTE_AGE_RANGE))
        add_age_range(detail, attributes);
    if (attributes->is_male.is_told && attributes_ask(asked, ATTRIBUTE_GENDER))
        add_gender(detail, &attributes->is_male);
    for (size_t i = 0; i < COUNT(opinions); i++)
        if (opinions[i].opinion->is_told &&
            attributes_ask(asked, opinions[i].attribute))
            add_opinion(detail, opinions[i].name, opinions[i].opinion);
    if (attributes->has_emotions && attributes_ask(asked, ATTRIBUTE_EMOTIONS))
        add_emotions(detail, attributes);
}
