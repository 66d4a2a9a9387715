/*
 * handshake.c - a WebSocket's opening handshake
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "digest.h"
#include "handshake.h"

enum { KEY_BYTES = 16 };

/* The header's value, where it is given exactly once; NULL otherwise. */
static const char *only_header(const struct request *request, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < request->header_count; i++) {
        if (strcasecmp(request->headers[i].name, name) != 0)
            continue;
        if (value)
            return NULL;
        value = request->headers[i].value;
    }
    return value;
}

static bool is_key(const char *text)
{
    size_t len;
    void *bytes = base64_decode(text, strlen(text), &len);

    free(bytes);
    return bytes && len == KEY_BYTES;
}

bool handshake_is_asked(const struct request *request, const char *subprotocol)
{
    const char *key = only_header(request, "sec-websocket-key");
    const char *version = only_header(request, "sec-websocket-version");

    return strcmp(request->method, "GET") == 0 && request->wants_upgrade &&
           request->body_bytes == 0 &&
           request_lists(request, "upgrade", "websocket") && key &&
           is_key(key) && version && strcmp(version, "13") == 0 &&
           request_offers(request, "sec-websocket-protocol", subprotocol);
}

/* The key's answer shows that we speak this protocol; it is no secret. */
static char *answer_key(const char *key)
{
    static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[DIGEST_SHA1_BYTES];
    struct buffer text = {0};

    buffer_add_text(&text, key);
    buffer_add_text(&text, magic);
    digest_sha1(text.bytes, text.len, digest);
    buffer_finish(&text);
    return base64_encode(digest, sizeof digest);
}

void handshake_write(const struct request *request, const char *subprotocol,
                     struct buffer *out)
{
    char *answer = answer_key(request_header(request, "sec-websocket-key"));

    buffer_printf(out,
                  "HTTP/1.1 101 Switching Protocols\r\n"
                  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: %s\r\n"
                  "Sec-WebSocket-Protocol: %s\r\n\r\n",
                  answer, subprotocol);
    free(answer);
}
