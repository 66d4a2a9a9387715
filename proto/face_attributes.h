#pragma once

#include "basics.h"
#include "json.h"

/*
 * What was measured of a face, as the result of an analysis has it: AWS's
 * FaceDetail under the same names in snake_case.  `detail` is one that was read
 * before (see recognition_face); what it has that we do not know is carried
 * over in the same way.
 */
struct json *face_attributes(const struct json *detail) MUST_CHECK;
