#pragma once

#include <stddef.h>

#include "recognition_client.h"

/*
 * The collection "people", as stories of the engine fill it and look through
 * it.  A photo is what recognition_photo gives; its faces get its number.
 */
void collection_create(const struct recognition_client *client);

/* Sends a photo on an open connection; false: the engine hung up. */
bool collection_send(const struct recognition_client *client, int fd,
                     const char *photo, size_t number);

/* Adds a photo's faces, and hears the answer. */
struct json *collection_index(const struct recognition_client *client,
                              int *status, const char *photo,
                              size_t number) MUST_CHECK;

/* How many faces there are. */
size_t collection_count(const struct recognition_client *client);

/* The same, and how many of each photo; there is none but these. */
size_t collection_count_each(const struct recognition_client *client,
                             size_t *counts, size_t photos);

/* How often the largest face of a photo is there. */
size_t collection_find(const struct recognition_client *client,
                       const char *photo);
