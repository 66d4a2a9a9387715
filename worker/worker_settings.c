/*
 * worker_settings.c - what a worker is told by its environment
 */
#include "worker_settings.h"
#include "offset.h"

#define AT(member) offsetof(struct worker_settings, member)

const struct setting worker_settings_table[] = {
    {"FACEWIRE_REDIS_URL", SETTING_SECRET, AT(redis_url),
     "redis://127.0.0.1:6379",
     "Where Redis is: redis://[user:password@]host[:port][/database] or "
     "unix:///path; several nodes of a cluster with commas between them.",
     0, 0},
    {"FACEWIRE_LOG_PARTS", SETTING_NUMBER, AT(log_parts), "1",
     "Into how many parts queue and event log are split, each on one node of a "
     "cluster; the same for all servers and workers.",
     1, PARTS_MAX},
    DATABASE_SETTINGS(struct worker_settings, database, "4"),
    {"FACEWIRE_IMAGES", SETTING_TEXT, AT(images), NULL,
     "The folder that keeps the pictures; servers use the same.", 0, 0},
    {"FACEWIRE_REKOGNITION_ENDPOINT", SETTING_TEXT, AT(endpoint), "",
     "The URL of a Rekognition-compatible engine; not set: AWS.", 0, 0},
    {"AWS_REGION", SETTING_TEXT, AT(region), "us-east-1",
     "The region to sign for, and to call where no endpoint is set.", 0, 0},
    {"AWS_ACCESS_KEY_ID", SETTING_SECRET, AT(access_key), "",
     "The access key to sign with.", 0, 0},
    {"AWS_SECRET_ACCESS_KEY", SETTING_SECRET, AT(secret_key), "", "Its secret.",
     0, 0},
    {"AWS_SESSION_TOKEN", SETTING_SECRET, AT(session_token), "",
     "Its token, where the credentials are temporary.", 0, 0},
    {"FACEWIRE_REKOGNITION_KEYS", SETTING_TEXT, AT(keys_file), "",
     "A file with \"<access key> <secret>\" in its first line, as an engine "
     "writes it; used where no access key is set.",
     0, 0},
    {"FACEWIRE_REKOGNITION_CA", SETTING_TEXT, AT(ca_file), "",
     "A file of certificates that the endpoint's is verified by; not set: the "
     "system's.",
     0, 0},
    {"FACEWIRE_REKOGNITION_COLLECTIONS", SETTING_TEXT, AT(collection_prefix),
     "facewire-",
     "What the names of our collections begin with at the endpoint.", 0, 0},
    {"FACEWIRE_REKOGNITION_RATE", SETTING_NUMBER, AT(rate), "0",
     "Calls a second of each operation, for all workers together: your quota "
     "(AWS: 5, or 50 in large regions).  0: as many as there are.",
     0, 100000},
    {"FACEWIRE_JOBS", SETTING_NUMBER, AT(jobs), "16",
     "Jobs that this worker carries at a time.", 1, 1000},
    {"FACEWIRE_ACCOUNT_JOBS", SETTING_NUMBER, AT(account_jobs), "64",
     "Jobs of one account that are carried at a time, by all workers.", 1,
     100000},
    {"FACEWIRE_LIVE_FRAMES", SETTING_NUMBER, AT(live_frames), "4",
     "Live frames that this worker searches at a time.", 1, 100},
    {"FACEWIRE_PICTURE_THREADS", SETTING_NUMBER, AT(picture_threads), "2",
     "Threads that decode and cut pictures.", 1, 64},
    {"FACEWIRE_IMAGE_PIXELS", SETTING_NUMBER, AT(picture_pixels), "100000000",
     "The most pixels that a picture may have.", 6400, 1LL << 32},
    {"FACEWIRE_IMAGE_BYTES", SETTING_BYTES, AT(image_bytes), "15M",
     "The most bytes that a picture may have.", 1024, 1LL << 30},
    {"FACEWIRE_ATTEMPTS", SETTING_NUMBER, AT(attempts), "12",
     "Attempts of a job that may fail before it is dead.", 1, 100},
    {"FACEWIRE_RETRY_MS", SETTING_NUMBER, AT(retry_ms), "500",
     "The longest wait after the first attempt that failed; each further one "
     "is twice as long, up to 5 minutes.",
     1, 300000},
    {"FACEWIRE_LEASE_MS", SETTING_NUMBER, AT(lease_ms), "5000",
     "How long a silent worker keeps its jobs.", 1000, 600000},
    {"FACEWIRE_DRAIN_MS", SETTING_NUMBER, AT(drain_ms), "30000",
     "How long jobs may take to end when the worker is told to stop; the rest "
     "are handed back.",
     0, 3600000},
    {"FACEWIRE_LOG_FORMAT", SETTING_TEXT, AT(log_format), "text",
     "text, or json for JSON lines.", 0, 0},
    {"FACEWIRE_LOG_LEVEL", SETTING_TEXT, AT(log_level), "info",
     "The least that is logged: debug, info, warn or error.", 0, 0},
};
const size_t worker_settings_count = COUNT(worker_settings_table);
