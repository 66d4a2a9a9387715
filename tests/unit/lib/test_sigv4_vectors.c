/* Holds sigv4 to what others publish; see the README of the vectors. */
#include "unit.h"

#include <dirent.h>
#include <strings.h>

#include "basics.h"
#include "buffer.h"
#include "clock.h"
#include "digest.h"
#include "json.h"
#include "sigv4.h"

enum { HEADERS_MAX = 32 };

/* A case: everything that goes into a signature.  Texts are borrowed from the
 * JSON or from `text`. */
struct scene {
    struct sigv4_request request;
    struct sigv4_header headers[HEADERS_MAX];
    struct sigv4_credentials credentials;
    struct sigv4_scope scope;
    int options;
    char *text;
};

static const char *vector(const char *path)
{
    return unit_shared("FACEWIRE_VECTORS", "vectors", path);
}

static struct json *read_json(const char *path)
{
    size_t len;
    char *text = unit_read_file(path, &len);
    struct json *value = json_parse(text, len);

    if (!value)
        fail_msg("no JSON: %s", path);
    free(text);
    return value;
}

/* "2015-08-30T12:36:00Z", or without the marks. */
static int64_t time_of(const char *text)
{
    struct buffer compact = {0};
    int64_t time_ms = 0;

    for (; *text; text++)
        if (!strchr("-:", *text))
            buffer_add_byte(&compact, *text);
    assert_int_equal(clock_parse_compact(buffer_text(&compact), &time_ms), 0);
    buffer_finish(&compact);
    return time_ms;
}

static void add_header(struct scene *scene, const char *name, const char *value)
{
    assert_true(scene->request.header_count < HEADERS_MAX);
    scene->headers[scene->request.header_count++] =
        (struct sigv4_header){name, value};
    scene->request.headers = scene->headers;
}

static void take_credentials(struct scene *scene, const struct json *given)
{
    scene->credentials = (struct sigv4_credentials){
        .access_key = json_get_text(given, "access_key_id", NULL),
        .secret = json_get_text(given, "secret_access_key", NULL),
        .token = json_get_text(given, "token",
                               json_get_text(given, "session_token", NULL)),
    };
}

static bool find_key(void *owner, const char *access_key,
                     struct sigv4_credentials *credentials)
{
    const struct scene *scene = owner;

    *credentials = scene->credentials;
    return strcmp(access_key, scene->credentials.access_key) == 0;
}

/* What was signed must also verify, a minute later. */
static void assert_verifies(struct scene *scene)
{
    const struct sigv4_verifier verifier = {
        .region = scene->scope.region,
        .service = scene->scope.service,
        .now_ms = scene->scope.time_ms + 60000,
        .tolerance_ms = 300000,
        .unsigned_payload = true,
        .presigned = true,
        .find = find_key,
        .owner = scene,
    };
    char detail[SIGV4_DETAIL_BYTES];

    if (sigv4_verify(&scene->request, &verifier, detail) != SIGV4_OK)
        fail_msg("it does not verify: %s", detail);
}

static void assert_headers_verify(const struct scene *scene,
                                  const struct sigv4_signed *added)
{
    struct scene sent = *scene;

    sent.request.headers = sent.headers;
    add_header(&sent, "X-Amz-Date", added->date);
    if (added->token)
        add_header(&sent, "X-Amz-Security-Token", added->token);
    if (added->content_sha256)
        add_header(&sent, "X-Amz-Content-Sha256", added->content_sha256);
    add_header(&sent, "Authorization", added->authorization);
    assert_verifies(&sent);
}

static void assert_query_verifies(const struct scene *scene, const char *query)
{
    struct scene sent = *scene;

    sent.request.headers = sent.headers;
    sent.request.query = query;
    assert_verifies(&sent);
}

static const char *signature_in(const char *query)
{
    const char *last = strstr(query, "&X-Amz-Signature=");

    assert_non_null(last);
    return last + strlen("&X-Amz-Signature=");
}

/*
 * The suite: a folder for each case.
 */
static char *part_of_case(const char *name, const char *file)
{
    char path[512];

    snprintf(path, sizeof path, "sigv4/suite/%s/%s", name, file);
    return unit_read_file(vector(path), NULL);
}

/* Cuts a raw request into its parts; a line that begins with a blank goes on
 * where the one before it ended. */
static void take_request(struct scene *scene, char *text)
{
    char *head_end = strstr(text, "\n\n"), *line, *target_end;

    scene->text = text;
    scene->request.body = head_end ? head_end + 2 : "";
    scene->request.body_bytes = strlen(scene->request.body);
    if (head_end)
        *head_end = '\0';
    scene->request.method = strsep(&text, " ");
    target_end = strstr(text, " HTTP/1.1");
    assert_non_null(target_end);
    *target_end = '\0';
    scene->request.path = strsep(&text, "?");
    scene->request.query = text;

    line = strchr(target_end + 1, '\n');
    while (line) {
        char *name = line + 1, *value;

        do
            line = strchr(line + 1, '\n');
        while (line && (line[1] == ' ' || line[1] == '\t'));
        if (line)
            *line = '\0';
        value = strchr(name, ':');
        if (value) {
            *value = '\0';
            add_header(scene, name, value + 1);
        }
    }
}

static void check_suite_headers(const char *name, const struct scene *scene)
{
    char *canonical_wanted = part_of_case(name, "header-canonical-request.txt");
    char *to_sign_wanted = part_of_case(name, "header-string-to-sign.txt");
    char *wanted = part_of_case(name, "header-signature.txt");
    struct buffer canonical = {0}, to_sign = {0};
    struct sigv4_signed added;

    sigv4_explain(&scene->request, &scene->credentials, &scene->scope,
                  scene->options, &canonical, &to_sign);
    assert_string_equal(buffer_text(&canonical), canonical_wanted);
    assert_string_equal(buffer_text(&to_sign), to_sign_wanted);
    sigv4_sign(&scene->request, &scene->credentials, &scene->scope,
               scene->options, &added);
    assert_string_equal(added.signature, wanted);
    if (!(scene->options & (SIGV4_TOKEN_AFTER | SIGV4_KEEP_PATH)))
        assert_headers_verify(scene, &added);

    sigv4_signed_finish(&added);
    buffer_finish(&canonical);
    buffer_finish(&to_sign);
    free(canonical_wanted);
    free(to_sign_wanted);
    free(wanted);
}

static void check_suite_query(const char *name, const struct scene *scene,
                              int64_t expires_s)
{
    char *wanted = part_of_case(name, "query-signature.txt");
    char *query = sigv4_presign(&scene->request, &scene->credentials,
                                &scene->scope, expires_s, scene->options);

    assert_string_equal(signature_in(query), wanted);
    if (!(scene->options & (SIGV4_TOKEN_AFTER | SIGV4_KEEP_PATH)))
        assert_query_verifies(scene, query);
    free(query);
    free(wanted);
}

static void check_suite_case(const char *name)
{
    struct scene scene = {0};
    struct json *context;
    char path[512];

    print_message("           %s\n", name);
    snprintf(path, sizeof path, "sigv4/suite/%s/context.json", name);
    context = read_json(vector(path));
    take_credentials(&scene, json_get(context, "credentials"));
    scene.scope = (struct sigv4_scope){
        .region = json_get_text(context, "region", ""),
        .service = json_get_text(context, "service", ""),
        .time_ms = time_of(json_get_text(context, "timestamp", "")),
    };
    if (!json_get_bool(context, "normalize", true))
        scene.options |= SIGV4_KEEP_PATH;
    if (json_get_bool(context, "sign_body", false))
        scene.options |= SIGV4_SEND_HASH;
    if (json_get_bool(context, "omit_session_token", false))
        scene.options |= SIGV4_TOKEN_AFTER;
    take_request(&scene, part_of_case(name, "request.txt"));

    check_suite_headers(name, &scene);
    check_suite_query(
        name, &scene,
        (int64_t)json_get_number(context, "expiration_in_seconds", 3600));
    free(scene.text);
    json_destroy(context);
}

static void every_case_of_the_suite_is_signed_as_published(void **state)
{
    DIR *folder = opendir(vector("sigv4/suite"));
    size_t count = 0;

    (void)state;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        check_suite_case(entry->d_name);
        count++;
    }
    closedir(folder);
    assert_true(count > 0);
}

/*
 * The requests of botocore.
 */

/* Cuts a URL into path and query, and makes the host header of the rest, which
 * names the port only where it is not the scheme's own. */
static void take_url(struct scene *scene, const char *url)
{
    bool is_tls = strncmp(url, "https:", 6) == 0;
    const char *own_port = is_tls ? ":443" : ":80";
    char *host = scene->text = strdup(strstr(url, "://") + 3);
    size_t len = strcspn(host, "/"), port_len = strlen(own_port);
    char *path = strdup(host + len);
    char *query = strchr(path, '?');

    host[len] = '\0';
    if (len > port_len && strcmp(host + len - port_len, own_port) == 0)
        host[len - port_len] = '\0';
    add_header(scene, "Host", host);
    if (query)
        *query++ = '\0';
    scene->request.path = path;
    scene->request.query = query;
}

static void check_header_case(struct scene *scene, const struct json *expected)
{
    struct buffer canonical = {0}, to_sign = {0};
    struct sigv4_signed added;

    sigv4_explain(&scene->request, &scene->credentials, &scene->scope,
                  scene->options, &canonical, &to_sign);
    assert_string_equal(buffer_text(&canonical),
                        json_get_text(expected, "canonical_request", ""));
    assert_string_equal(buffer_text(&to_sign),
                        json_get_text(expected, "string_to_sign", ""));
    sigv4_sign(&scene->request, &scene->credentials, &scene->scope,
               scene->options, &added);
    assert_string_equal(added.authorization,
                        json_get_text(expected, "authorization", ""));
    assert_string_equal(added.signature,
                        json_get_text(expected, "signature", ""));
    assert_headers_verify(scene, &added);
    sigv4_signed_finish(&added);
    buffer_finish(&canonical);
    buffer_finish(&to_sign);
}

static void check_query_case(struct scene *scene, const struct json *it)
{
    const struct json *expected = json_get(it, "expected");
    char *query = sigv4_presign(
        &scene->request, &scene->credentials, &scene->scope,
        (int64_t)json_get_number(it, "expires", 0), scene->options);
    const char *url = json_get_text(expected, "signed_url", "?");

    assert_string_equal(query, strchr(url, '?') + 1);
    assert_query_verifies(scene, query);
    free(query);
}

static void check_request(struct scene *scene, const struct json *it)
{
    const struct json *headers = json_get(it, "headers");
    const char *body = json_get_text(it, "body_base64", "");
    size_t body_bytes = 0;
    void *bytes = base64_decode(body, strlen(body), &body_bytes);

    assert_non_null(bytes);
    scene->request.method = json_get_text(it, "method", NULL);
    scene->request.body = bytes;
    scene->request.body_bytes = body_bytes;
    take_url(scene, json_get_text(it, "url", ""));
    for (const struct json *h = json_first(headers); h; h = json_next(h))
        add_header(scene, json_name(h), json_text(h));
    if (json_get_bool(it, "unsigned_payload", false))
        scene->request.payload_hash = "UNSIGNED-PAYLOAD";
    if (strcmp(scene->scope.service, "s3") == 0)
        scene->options = SIGV4_PATH_AS_IS | SIGV4_SEND_HASH;

    if (strcmp(json_get_text(it, "kind", ""), "query") == 0)
        check_query_case(scene, it);
    else
        check_header_case(scene, json_get(it, "expected"));
    free(scene->text);
    free((void *)(uintptr_t)scene->request.path);
    free(bytes);
}

/* A form's policy is signed as base64, and says nothing else. */
static void check_policy(const struct scene *scene, const struct json *it)
{
    const struct json *expected = json_get(it, "expected");
    const char *policy = json_get_text(it, "policy", "");
    char *text = base64_encode(policy, strlen(policy));
    char signature[SIGV4_SIGNATURE_BYTES];

    assert_string_equal(text, json_get_text(expected, "string_to_sign", ""));
    sigv4_sign_policy(text, &scene->credentials, &scene->scope, signature);
    assert_string_equal(signature, json_get_text(expected, "signature", ""));
    free(text);
}

static void every_request_of_botocore_is_signed_the_same(void **state)
{
    struct json *all = read_json(vector("sigv4/requests.json"));
    const struct json *cases = json_get(all, "cases");

    (void)state;
    assert_true(json_count(cases) > 0);
    for (const struct json *it = json_first(cases); it; it = json_next(it)) {
        struct scene scene = {
            .scope = {.region = json_get_text(it, "region", ""),
                      .service = json_get_text(it, "service", ""),
                      .time_ms = time_of(json_get_text(it, "timestamp", ""))}};

        print_message("           %s\n", json_get_text(it, "name", ""));
        take_credentials(&scene, json_get(it, "credentials"));
        if (strcmp(json_get_text(it, "kind", ""), "post-policy") == 0)
            check_policy(&scene, it);
        else
            check_request(&scene, it);
    }
    json_destroy(all);
}

/*
 * The examples that AWS publishes for S3.
 */

/* The headers of an example hold what the signer adds; the date is left out,
 * since the signer's own stands for it. */
static void check_s3_headers(struct scene *scene, const struct json *it)
{
    const struct json *expected = json_get(it, "expected");
    struct buffer canonical = {0}, to_sign = {0};
    struct sigv4_signed added;

    sigv4_explain(&scene->request, &scene->credentials, &scene->scope,
                  scene->options, &canonical, &to_sign);
    assert_string_equal(buffer_text(&canonical),
                        json_get_text(expected, "canonical_request", ""));
    assert_string_equal(buffer_text(&to_sign),
                        json_get_text(expected, "string_to_sign", ""));
    sigv4_sign(&scene->request, &scene->credentials, &scene->scope,
               scene->options, &added);
    assert_string_equal(added.signature,
                        json_get_text(expected, "signature", ""));
    sigv4_signed_finish(&added);
    buffer_finish(&canonical);
    buffer_finish(&to_sign);
}

/* The example's query says how long it is good for; the rest is ours to make,
 * in the same order. */
static void check_s3_presigned(struct scene *scene, const struct json *it)
{
    const char *wanted = json_get_text(it, "query", "");
    const char *expires = strstr(wanted, "X-Amz-Expires=");
    char *query;

    assert_non_null(expires);
    scene->request.query = NULL;
    scene->request.payload_hash = NULL;
    query = sigv4_presign(&scene->request, &scene->credentials, &scene->scope,
                          strtoll(strchr(expires, '=') + 1, NULL, 10),
                          scene->options);
    assert_memory_equal(query, wanted, strlen(wanted));
    assert_string_equal(
        signature_in(query),
        json_get_text(json_get(it, "expected"), "signature", ""));
    assert_query_verifies(scene, query);
    free(query);
}

static void the_examples_for_s3_are_signed_as_published(void **state)
{
    struct json *all = read_json(vector("sigv4/s3-published.json"));
    const struct json *cases = json_get(all, "cases");

    (void)state;
    assert_true(json_count(cases) > 0);
    for (const struct json *it = json_first(cases); it; it = json_next(it)) {
        const struct json *headers = json_get(it, "headers");
        struct scene scene = {
            .request = {.method = json_get_text(it, "method", ""),
                        .path = json_get_text(it, "path", ""),
                        .query = json_get_text(it, "query", ""),
                        .payload_hash = json_get_text(it, "payload_hash", "")},
            .scope = {.region = json_get_text(all, "region", ""),
                      .service = json_get_text(all, "service", ""),
                      .time_ms = time_of(json_get_text(all, "timestamp", ""))},
            .options = SIGV4_PATH_AS_IS,
        };

        print_message("           %s\n", json_get_text(it, "name", ""));
        take_credentials(&scene, json_get(all, "credentials"));
        for (const struct json *h = json_first(headers); h; h = json_next(h))
            add_header(&scene, json_name(h), json_text(h));
        if (strstr(scene.request.query, "X-Amz-Algorithm="))
            check_s3_presigned(&scene, it);
        else
            check_s3_headers(&scene, it);
    }
    json_destroy(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_suite_is_signed_as_published),
        cmocka_unit_test(every_request_of_botocore_is_signed_the_same),
        cmocka_unit_test(the_examples_for_s3_are_signed_as_published),
    };

    vector("sigv4/README.md");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
