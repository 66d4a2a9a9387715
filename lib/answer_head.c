/*
 * answer_head.c - how an HTTP answer begins
 */
#include "answer_head.h"
#include "basics.h"
#include "clock.h"

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } table[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < COUNT(table); i++)
        if (table[i].status == status)
            return table[i].reason;
    return "Unknown";
}

void answer_head(struct buffer *head, int status,
                 const struct http_header *headers, size_t count)
{
    char date[CLOCK_HTTP_BYTES];

    clock_http(clock_wall_ms(), date);
    buffer_printf(head, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status,
                  reason_of(status), date);
    for (size_t i = 0; i < count; i++)
        buffer_printf(head, "%s: %s\r\n", headers[i].name, headers[i].value);
}
