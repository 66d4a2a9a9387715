#pragma once

#include <stddef.h>

#include "basics.h"

/*
 * Whether colours must go through this ICC profile to look right on a screen
 * that knows only sRGB.  They need not where it says what sRGB says, nearly:
 * most photos carry such a profile, and it would cost time and change nothing.
 */
bool picture_profile_matters(const void *profile, size_t len);
