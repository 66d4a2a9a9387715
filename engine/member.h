#pragma once

#include <stddef.h>

#include "basics.h"
#include "json.h"
#include "objection.h"
#include "pattern.h"

/*
 * The members of an operation's input, as a table: what each must be, and where
 * its value goes.  The table reads, checks, and is the documentation.
 *
 * A member that is missing or null has its fallback (0 or NULL but where the
 * row says otherwise), and is an error only where it is required.  Members that
 * no row names are passed over.
 */
enum member_kind {
    MEMBER_TEXT,      /* const char *: borrowed from the document */
    MEMBER_WORD,      /* int: the place in `words` */
    MEMBER_WORDS,     /* unsigned: a bit for the place of each that is given */
    MEMBER_INTEGER,   /* int64_t */
    MEMBER_FLOAT,     /* double */
    MEMBER_BYTES,     /* struct blob: base64 */
    MEMBER_TEXTS,     /* struct texts: borrowed from the document */
    MEMBER_MAP,       /* const struct json *: texts by texts, borrowed */
    MEMBER_STRUCTURE, /* has members of its own */
};

/* What a text must be: by itself, as an element of a list, or as a key or a
 * value of a map.  Lengths are counted in characters. */
struct member_rule {
    size_t least;
    size_t most;                   /* 0: any */
    const struct pattern *pattern; /* NULL: any */
};

struct member_words {
    const char *const *list;
    size_t count;
};

struct member {
    const char *name;
    enum member_kind kind;
    size_t offset; /* of its value in the struct that is filled */
    bool is_required;
    int fallback;  /* of a number or a word */
    int64_t least; /* of a number, or of a length: characters, bytes, elements
                    */
    int64_t most;  /* 0: any */
    const struct pattern *pattern; /* of a text; NULL: any */
    const struct member_words *words;
    struct member_rule elements;
    struct member_rule keys;      /* of a map */
    const struct member *members; /* of a structure, from its offset on */
    size_t member_count;
};

struct blob {
    char *bytes; /* ours, until member_finish; NULL: none */
    size_t len;
};

struct texts {
    const char **list; /* ours, until member_finish; NULL: not given */
    size_t count;
};

/* Reads the members from `object` into the struct at `into`, which is all zero.
 * Long texts are taken out of the object on the way. */
void member_read(const struct member *members, size_t count,
                 const struct json *object, void *into,
                 struct objections *objections);
void member_finish(const struct member *members, size_t count, void *into);
