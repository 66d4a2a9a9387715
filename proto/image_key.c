/*
 * image_key.c - where the store has each image
 */
#include "image_key.h"
#include "xalloc.h"

char *image_key_photo(const char *job, const char *role, const char *suffix)
{
    return xprintf("jobs/%s/%s.%s", job, role, suffix);
}

char *image_key_print(const char *job, const char *role, const char *print)
{
    return xprintf("jobs/%s/%s-%s.jpg", job, role, print);
}

char *image_key_crop(const char *face)
{
    return xprintf("faces/%s.jpg", face);
}
