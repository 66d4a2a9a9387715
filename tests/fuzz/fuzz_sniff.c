/*
 * fuzz_sniff.c - what the first bytes of a file say
 */
#include "errors.h"
#include "fuzz.h"
#include "heic.h"
#include "sniff.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct picture_facts facts, again;
    uint64_t pixels = 0;
    int error = sniff(bytes, len, &facts);

    MUST(error == 0 || error == E_INVALID || error == E_UNSUPPORTED);
    (void)!heic_cost(bytes, len, &pixels);
    for (int type = PICTURE_JPEG; type <= PICTURE_HEIC; type++)
        (void)sniff_is_whole(bytes, len, (enum picture_type)type);
    if (error)
        return 0;
    MUST(facts.width > 0 && facts.height > 0);
    MUST(facts.orientation >= 1 && facts.orientation <= 8);
    MUST(picture_media_type(facts.type) && picture_suffix(facts.type));
    MUST(sniff(bytes, len, &again) == 0);
    MUST(again.width == facts.width && again.height == facts.height);
    return 0;
}
