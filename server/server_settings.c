/*
 * server_settings.c - what a server is told by its environment
 */
#include "server_settings.h"
#include "offset.h"

#define AT(member) offsetof(struct server_settings, member)

const struct setting server_settings_table[] = {
    {"FACEWIRE_HOST", SETTING_TEXT, AT(host), "127.0.0.1",
     "The address to listen at.  Anything but loopback needs "
     "FACEWIRE_API_TOKEN.",
     0, 0},
    {"FACEWIRE_PORT", SETTING_NUMBER, AT(port), "8080",
     "The port to listen at; several servers may share one.", 0, 65535},
    {"FACEWIRE_API_TOKEN", SETTING_SECRET, AT(api_token), "",
     "What every request must bring as a bearer token, where it is set.", 0, 0},
    {"FACEWIRE_REDIS_URL", SETTING_SECRET, AT(redis_url),
     "redis://127.0.0.1:6379",
     "Where Redis is: redis://[user:password@]host[:port][/database] or "
     "unix:///path; several nodes of a cluster with commas between them.",
     0, 0},
    {"FACEWIRE_LOG_PARTS", SETTING_NUMBER, AT(log_parts), "1",
     "Into how many parts queue and event log are split, each on one node of a "
     "cluster; the same for all servers and workers.",
     1, PARTS_MAX},
    DATABASE_SETTINGS(struct server_settings, database, "4"),
    {"FACEWIRE_IMAGES", SETTING_TEXT, AT(images), NULL,
     "The folder that keeps the pictures; workers use the same.", 0, 0},
    {"FACEWIRE_WEB", SETTING_TEXT, AT(web), "",
     "The folder of the pages; none are served where it is not set.", 0, 0},
    {"FACEWIRE_COLLECTION", SETTING_TEXT, AT(collection), "default",
     "The set of people that is searched.", 0, 0},
    {"FACEWIRE_IMAGE_BYTES", SETTING_BYTES, AT(image_bytes), "15M",
     "The most bytes that a picture may have.", 1024, 1LL << 30},
    {"FACEWIRE_IMAGE_PIXELS", SETTING_NUMBER, AT(image_pixels), "100000000",
     "The most pixels that a picture may have.", 6400, 1LL << 32},
    {"FACEWIRE_REQUEST_BYTES", SETTING_BYTES, AT(request_bytes), "100M",
     "The most bytes that a request with several pictures may have.", 1024,
     1LL << 32},
    {"FACEWIRE_UPLOADS_BYTES", SETTING_BYTES, AT(uploads_bytes), "256M",
     "How much memory all uploads under way may take; past it they are asked "
     "to come again.",
     1024, 1LL << 40},
    {"FACEWIRE_CONNECTIONS", SETTING_NUMBER, AT(connections), "10000",
     "The most connections, in all.", 1, 1000000},
    {"FACEWIRE_ADDRESS_CONNECTIONS", SETTING_NUMBER, AT(address_connections),
     "1000", "The most connections of one address.", 1, 1000000},
    {"FACEWIRE_ADDRESS_REQUESTS_S", SETTING_NUMBER, AT(address_requests_s),
     "500", "The most requests a second of one address, in the long run.", 1,
     1000000},
    {"FACEWIRE_LISTENERS", SETTING_NUMBER, AT(listeners), "9000",
     "The most live connections, in all.", 1, 1000000},
    {"FACEWIRE_ADDRESS_LISTENERS", SETTING_NUMBER, AT(address_listeners), "900",
     "The most live connections of one address.", 1, 1000000},
    {"FACEWIRE_OUTBOX_BYTES", SETTING_BYTES, AT(outbox_bytes), "896K",
     "What may wait for one slow live connection before it is closed.", 4096,
     1LL << 30},
    {"FACEWIRE_OUTBOX_EVENTS", SETTING_NUMBER, AT(outbox_events), "256",
     "The same, in events.", 8, 1000000},
    {"FACEWIRE_WINDOW_BYTES", SETTING_BYTES, AT(window_bytes), "8M",
     "How much of the event log is kept in memory for clients that come back.",
     4096, 1LL << 32},
    {"FACEWIRE_PATIENCE_MS", SETTING_NUMBER, AT(patience_ms), "10000",
     "How long a client may take for a request's head, and how long it may be "
     "slow with its body.",
     100, 3600000},
    {"FACEWIRE_DRAIN_MS", SETTING_NUMBER, AT(drain_ms), "30000",
     "How long clients may take to go elsewhere when the server is told to "
     "stop.",
     0, 3600000},
    {"FACEWIRE_LOG_FORMAT", SETTING_TEXT, AT(log_format), "text",
     "text, or json for JSON lines.", 0, 0},
    {"FACEWIRE_LOG_LEVEL", SETTING_TEXT, AT(log_level), "info",
     "The least that is logged: debug, info, warn or error.", 0, 0},
};
const size_t server_settings_count = COUNT(server_settings_table);
