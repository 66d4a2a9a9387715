/*
 * tools.c - what jobs borrow from their worker
 */
#include "tools.h"
#include "errors.h"
#include "log.h"
#include "xalloc.h"

char *tools_collection(const struct tools *tools, const char *collection)
{
    return xprintf("%s%s", tools->settings->collection_prefix, collection);
}

int tools_refused(const struct tools *tools,
                  enum recognition_operation operation,
                  const struct recognition_refusal *refusal)
{
    switch (refusal->meaning) {
    case RECOGNITION_THROTTLED:
        pacer_slow_down(tools->pacer, operation);
        return E_THROTTLED;
    case RECOGNITION_TRANSIENT:
        return E_UNAVAILABLE;
    case RECOGNITION_DENIED:
        log_error("recognition: %s denied: %s %s", recognition_name(operation),
                  refusal->name, refusal->message);
        return E_DENIED;
    default:
        log_info("recognition: %s refused: %s %s", recognition_name(operation),
                 refusal->name, refusal->message);
        return E_REFUSED;
    }
}
