#pragma once

/* Requests as tests write them: whole heads, without the empty line. */
#include "unit.h"

#include "request.h"

static inline struct request request_of(const char *head)
{
    struct request request;
    char text[2048];

    snprintf(text, sizeof text, "%s\r\n", head);
    assert_int_equal(request_read(text, strlen(text), &request), REQUEST_WHOLE);
    return request;
}
