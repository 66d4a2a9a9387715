/*
 * gzip.c - bytes packed as gzip, the door to zlib
 */
#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

#include "gzip.h"
#include "xalloc.h"

/* zlib's: the largest window, with a gzip frame around it. */
enum { WINDOW_BITS = 15 + 16, MEMORY_LEVEL = 9 };

void *gzip_pack(const void *bytes, size_t len, size_t *packed_len)
{
    z_stream stream = {0};
    void *packed;
    int result;

    if (len == 0 || len > UINT_MAX)
        return NULL;
    packed = xmalloc(len);
    result = deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_BITS,
                          MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
    assert(result == Z_OK);
    stream.next_in = bytes;
    stream.avail_in = (uInt)len;
    stream.next_out = packed;
    stream.avail_out = (uInt)len;
    result = deflate(&stream, Z_FINISH);
    *packed_len = len - stream.avail_out;
    deflateEnd(&stream);
    if (result == Z_STREAM_END && *packed_len < len)
        return xrealloc(packed, *packed_len);
    free(packed);
    return NULL;
}
