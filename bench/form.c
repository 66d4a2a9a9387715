/*
 * form.c - a small picture in a large file, as a browser sends it
 */
#include "form.h"
#include "log.h"
#include "picture.h"
#include "png.h"

enum { SIDE = 96, QUALITY = 90, COMMENT_BYTES = 60000, COMMENT_HEAD = 4 };

/* A grey square. */
static void make_jpeg(struct buffer *jpeg)
{
    static const unsigned char pixels[SIDE * SIDE * 3];
    struct picture *picture;
    struct buffer png = {0};

    png_write(&png, SIDE, SIDE, 8, PNG_RGB, pixels);
    picture_library_init();
    picture = picture_open(png.bytes, png.len, (uint64_t)SIDE * SIDE, 0);
    if (!picture || picture_jpeg(picture, NULL, 0, QUALITY, jpeg) < 0)
        fatal("a picture cannot be made");
    picture_close(picture);
    picture_library_finish();
    buffer_finish(&png);
}

static void add_comment(struct buffer *photo, size_t len)
{
    uint32_t state = (uint32_t)photo->len;

    buffer_add_byte(photo, (char)0xff);
    buffer_add_byte(photo, (char)0xfe);
    buffer_add_byte(photo, (char)((len + 2) >> 8));
    buffer_add_byte(photo, (char)(len + 2));
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525 + 1013904223;
        buffer_add_byte(photo, (char)(state >> 24));
    }
}

void form_photo(struct buffer *photo, size_t bytes)
{
    struct buffer jpeg = {0};
    size_t left;

    make_jpeg(&jpeg);
    assert(bytes > jpeg.len);
    left = bytes - jpeg.len;
    buffer_clear(photo);
    buffer_add(photo, jpeg.bytes,
               2); /* its beginning, before which is nothing */
    while (left > COMMENT_HEAD) {
        size_t len = left - COMMENT_HEAD;

        if (len > COMMENT_BYTES)
            len = COMMENT_BYTES;
        add_comment(photo, len);
        left -= len + COMMENT_HEAD;
    }
    buffer_add(photo, jpeg.bytes + 2, jpeg.len - 2);
    buffer_finish(&jpeg);
}

void form_request(struct buffer *request, const char *path,
                  const struct buffer *photo, const char *field,
                  const char *value)
{
    static const char boundary[] = "----bench7MA4YWxkTrZu0gW";
    struct buffer body = {0};

    buffer_printf(&body,
                  "--%s\r\nContent-Disposition: form-data; name=\"image\"; "
                  "filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n",
                  boundary);
    buffer_add(&body, photo->bytes, photo->len);
    if (field)
        buffer_printf(&body,
                      "\r\n--%s\r\nContent-Disposition: form-data; "
                      "name=\"%s\"\r\n\r\n%s",
                      boundary, field, value);
    buffer_printf(&body, "\r\n--%s--\r\n", boundary);
    buffer_clear(request);
    buffer_printf(request,
                  "POST %s HTTP/1.1\r\nHost: localhost\r\n"
                  "Content-Type: multipart/form-data; boundary=%s\r\n"
                  "Content-Length: %zu\r\n\r\n",
                  path, boundary, body.len);
    buffer_add(request, body.bytes, body.len);
    buffer_finish(&body);
}
