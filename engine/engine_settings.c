/*
 * engine_settings.c - what an engine is told by its environment
 */
#include "engine_settings.h"

#define AT(member) offsetof(struct engine_settings, member)

const struct setting engine_settings_table[] = {
    {"FACEWIRE_ENGINE_HOST", SETTING_TEXT, AT(host), "127.0.0.1",
     "The address to listen at.", 0, 0},
    {"FACEWIRE_ENGINE_PORT", SETTING_NUMBER, AT(port), "4570",
     "The port to listen at.", 0, 65535},
    {"FACEWIRE_ENGINE_DATA", SETTING_TEXT, AT(data), NULL,
     "The folder that keeps the collections; it is made where it is missing.",
     0, 0},
    {"FACEWIRE_ENGINE_KEYS", SETTING_TEXT, AT(keys), "",
     "The file of access keys, a line each: \"<access key> <secret>\".  It is "
     "made, with a pair in it, where it is missing; not set: `keys` in the "
     "folder.",
     0, 0},
    {"FACEWIRE_ENGINE_UNSIGNED", SETTING_FLAG, AT(is_unsigned), "no",
     "Answers requests without a look at their signature, for quick trials; "
     "only where the address is a loopback's.",
     0, 0},
    {"FACEWIRE_MODELS", SETTING_TEXT, AT(models), "",
     "The folder of the models; not set: models, or ../shared/models.", 0, 0},
    {"AWS_REGION", SETTING_TEXT, AT(region), "us-east-1",
     "The region that requests must be signed for.", 0, 0},
    {"FACEWIRE_ENGINE_S3_ENDPOINT", SETTING_TEXT, AT(s3_endpoint), "",
     "Where S3 is, for images that are named as its objects: a URL below which "
     "the buckets are; not set: nowhere.",
     0, 0},
    {"FACEWIRE_ENGINE_S3_ACCESS_KEY", SETTING_SECRET, AT(s3_access_key), "",
     "The access key to fetch them with.", 0, 0},
    {"FACEWIRE_ENGINE_S3_SECRET_KEY", SETTING_SECRET, AT(s3_secret_key), "",
     "Its secret.", 0, 0},
    {"FACEWIRE_ENGINE_THREADS", SETTING_NUMBER, AT(threads), "2",
     "Photos that are worked on at a time: one for each core.", 1, 256},
    {"FACEWIRE_ENGINE_WAITING", SETTING_NUMBER, AT(waiting), "64",
     "Photos that wait at most; past it requests are refused with "
     "ProvisionedThroughputExceededException.",
     1, 100000},
    {"FACEWIRE_ENGINE_WAITING_MS", SETTING_NUMBER, AT(waiting_ms), "10000",
     "How long a photo waits at most; then its request is refused with "
     "ThrottlingException.",
     100, 3600000},
    {"FACEWIRE_ENGINE_REQUESTS_BYTES", SETTING_BYTES, AT(requests_bytes),
     "128M",
     "How much memory the bodies of all requests may take; past it they are "
     "refused like photos that cannot wait.",
     16 << 20, 1LL << 40},
    {"FACEWIRE_ENGINE_FACES", SETTING_NUMBER, AT(faces), "20000000",
     "The most faces of a collection.", 1, 1000000000},
    {"FACEWIRE_ENGINE_USERS", SETTING_NUMBER, AT(users), "10000000",
     "The most users of a collection.", 1, 1000000000},
    {"FACEWIRE_ENGINE_CONNECTIONS", SETTING_NUMBER, AT(connections), "1000",
     "The most connections.", 1, 1000000},
    {"FACEWIRE_ENGINE_ADDRESS_CONNECTIONS", SETTING_NUMBER,
     AT(address_connections), "500",
     "The most connections of one address (of an IPv6 address, its /64), so "
     "that nobody can take all of them.",
     1, 1000000},
    {"FACEWIRE_ENGINE_REQUEST_MS", SETTING_NUMBER, AT(request_ms), "60000",
     "How long the body of a request may take to come; it must also make "
     "1 KB a second after its first ten seconds.",
     1000, 3600000},
    {"FACEWIRE_DRAIN_MS", SETTING_NUMBER, AT(drain_ms), "30000",
     "How long requests may take to end when the engine is told to stop.", 0,
     3600000},
    {"FACEWIRE_LOG_FORMAT", SETTING_TEXT, AT(log_format), "text",
     "text, or json for JSON lines.", 0, 0},
    {"FACEWIRE_LOG_LEVEL", SETTING_TEXT, AT(log_level), "info",
     "The least that is logged: debug, info, warn or error.", 0, 0},
};
const size_t engine_settings_count = COUNT(engine_settings_table);
