/*
 * box.c - a box as it goes over wires
 */
#include <math.h>

#include "box.h"

struct json *box_json(const struct picture_area *box)
{
    struct json *object = json_object();

    json_add_number(object, "left", json_rounded(box->left));
    json_add_number(object, "top", json_rounded(box->top));
    json_add_number(object, "width", json_rounded(box->width));
    json_add_number(object, "height", json_rounded(box->height));
    return object;
}

static bool read_member(const struct json *value, const char *name,
                        double *number)
{
    const struct json *member = json_get(value, name);

    if (!json_is_number(member))
        return false;
    *number = json_number(member);
    return true;
}

bool box_read(const struct json *value, struct picture_area *box)
{
    return read_member(value, "left", &box->left) &&
           read_member(value, "top", &box->top) &&
           read_member(value, "width", &box->width) &&
           read_member(value, "height", &box->height);
}

double box_overlap(const struct picture_area *one,
                   const struct picture_area *other)
{
    double width = fmin(one->left + one->width, other->left + other->width) -
                   fmax(one->left, other->left);
    double height = fmin(one->top + one->height, other->top + other->height) -
                    fmax(one->top, other->top);
    double common = width > 0 && height > 0 ? width * height : 0;
    double all =
        one->width * one->height + other->width * other->height - common;

    return all > 0 ? common / all : 0;
}
