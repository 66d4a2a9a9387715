#pragma once

#include "database.h"
#include "settings.h"

/*
 * The rows of a program's settings that say where the database is.  The
 * program's struct has a member of this type.
 */
struct database_settings {
    const char *host;
    const char *socket;
    int64_t port;
    const char *user;
    const char *password;
    const char *name;
    const char *ca_file;
    int64_t connections;
    int64_t limit_ms;
};

/* `type` is the program's struct, `member` the one in it. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a member has none */
#define DATABASE_SETTINGS(type, member, connections_text)                      \
    {"FACEWIRE_DATABASE_HOST",                                                 \
     SETTING_TEXT,                                                             \
     offsetof(type, member.host),                                              \
     "127.0.0.1",                                                              \
     "Where MariaDB or MySQL listens.",                                        \
     0,                                                                        \
     0},                                                                       \
        {"FACEWIRE_DATABASE_SOCKET",                                           \
         SETTING_TEXT,                                                         \
         offsetof(type, member.socket),                                        \
         "",                                                                   \
         "Its socket in the file system, used instead of the host.",           \
         0,                                                                    \
         0},                                                                   \
        {"FACEWIRE_DATABASE_PORT",                                             \
         SETTING_NUMBER,                                                       \
         offsetof(type, member.port),                                          \
         "3306",                                                               \
         "Its port.",                                                          \
         1,                                                                    \
         65535},                                                               \
        {"FACEWIRE_DATABASE_USER",                                             \
         SETTING_TEXT,                                                         \
         offsetof(type, member.user),                                          \
         "facewire",                                                           \
         "The user to log in as.",                                             \
         0,                                                                    \
         0},                                                                   \
        {"FACEWIRE_DATABASE_PASSWORD",                                         \
         SETTING_SECRET,                                                       \
         offsetof(type, member.password),                                      \
         "",                                                                   \
         "The user's password.",                                               \
         0,                                                                    \
         0},                                                                   \
        {"FACEWIRE_DATABASE_NAME",                                             \
         SETTING_TEXT,                                                         \
         offsetof(type, member.name),                                          \
         "facewire",                                                           \
         "The database.",                                                      \
         0,                                                                    \
         0},                                                                   \
        {"FACEWIRE_DATABASE_CA",                                               \
         SETTING_TEXT,                                                         \
         offsetof(type, member.ca_file),                                       \
         "",                                                                   \
         "A file of certificates: demands TLS, verified by them.",             \
         0,                                                                    \
         0},                                                                   \
        {"FACEWIRE_DATABASE_CONNECTIONS",                                      \
         SETTING_NUMBER,                                                       \
         offsetof(type, member.connections),                                   \
         connections_text,                                                     \
         "How many connections this program opens.",                           \
         1,                                                                    \
         100},                                                                 \
    {                                                                          \
        "FACEWIRE_DATABASE_LIMIT_MS", SETTING_NUMBER,                          \
            offsetof(type, member.limit_ms), "5000",                           \
            "How long connecting and one statement may take.", 100, 600000     \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

/* The database that the settings name. */
struct database *
database_open(uv_loop_t *loop,
              const struct database_settings *settings) MUST_CHECK;

/*
 * Waits for the database and checks its schema, before the loop has anything
 * else to do.  Stops the program with a sentence if the schema is not the one
 * that it was written for, or if there is no database after `patience_ms`.
 */
void database_demand_schema(uv_loop_t *loop, struct database *database,
                            int64_t patience_ms);
