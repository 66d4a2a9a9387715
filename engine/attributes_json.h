#pragma once

#include "attributes.h"
#include "json.h"

/* Adds to a FaceDetail what was asked for and could be measured.  What no model
 * measures is left out: nothing is made up. */
void attributes_add_json(struct json *detail,
                         const struct attributes *attributes, unsigned asked);
