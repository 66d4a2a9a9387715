#include "unit.h"

#include "digest.h"

static void assert_hash_is(const char *text, const char *wanted)
{
    char hex[DIGEST_HEX_BYTES];

    digest_sha256_hex(text, strlen(text), hex);
    assert_string_equal(hex, wanted);
}

/* The examples of FIPS 180-4. */
static void texts_have_the_published_hashes(void **state)
{
    (void)state;
    assert_hash_is("", "e3b0c44298fc1c149afbf4c8996fb924"
                       "27ae41e4649b934ca495991b7852b855");
    assert_hash_is("abc", "ba7816bf8f01cfea414140de5dae2223"
                          "b00361a396177a9cb410ff61f20015ad");
    assert_hash_is("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                   "248d6a61d20638b8e5c026930c3e6039"
                   "a33ce45964ff2167f6ecedd419db06c1");
}

static void a_hash_in_pieces_is_the_hash_of_the_whole(void **state)
{
    unsigned char bytes[1000], whole[DIGEST_BYTES], pieces[DIGEST_BYTES];
    struct digest *digest = digest_create();

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7);
    for (size_t at = 0, len = 0; at < sizeof bytes; at += len++) {
        if (len > sizeof bytes - at)
            len = sizeof bytes - at;
        digest_add(digest, bytes + at, len);
    }
    digest_end(digest, pieces);
    digest_sha256(bytes, sizeof bytes, whole);
    assert_memory_equal(pieces, whole, sizeof whole);
}

static void a_hash_can_be_given_up(void **state)
{
    struct digest *digest = digest_create();

    (void)state;
    digest_add(digest, "half", 4);
    digest_destroy(digest);
    digest_destroy(NULL);
}

static void assert_mac_is(const void *key, size_t key_len, const void *bytes,
                          size_t len, const char *wanted)
{
    unsigned char mac[DIGEST_BYTES];
    char hex[DIGEST_HEX_BYTES];

    digest_hmac(key, key_len, bytes, len, mac);
    digest_hex(mac, sizeof mac, hex);
    assert_string_equal(hex, wanted);
}

/* Cases 2 and 6 of RFC 4231, and the MAC of nothing. */
static void keys_of_any_length_give_the_published_macs(void **state)
{
    static const char question[] = "what do ya want for nothing?";
    static const char larger[] = "Test Using Larger Than Block-Size Key - "
                                 "Hash Key First";
    unsigned char key[131];

    (void)state;
    memset(key, 0xaa, sizeof key);
    assert_mac_is("Jefe", 4, question, strlen(question),
                  "5bdcc146bf60754e6a042426089575c7"
                  "5a003f089d2739839dec58b964ec3843");
    assert_mac_is(key, sizeof key, larger, strlen(larger),
                  "60e431591ee0b67f0d8a26aacbf5b77f"
                  "8e0bc6213728c5140546040f0ee37f54");
    assert_mac_is("", 0, "", 0,
                  "b613679a0814d9ec772f95d778c35fc5"
                  "ff1697c493715653c6c712144292c5ad");
}

static void hex_is_lower_case_with_leading_zeros(void **state)
{
    char hex[9];

    (void)state;
    digest_hex((const unsigned char *)"\x00\x0f\xa0\xff", 4, hex);
    assert_string_equal(hex, "000fa0ff");
    digest_hex(NULL, 0, hex);
    assert_string_equal(hex, "");
}

static void only_equal_texts_are_equal(void **state)
{
    (void)state;
    assert_true(digest_equal("", ""));
    assert_true(digest_equal("abc", "abc"));
    assert_false(digest_equal("abc", "abd"));
    assert_false(digest_equal("abc", "xbc"));
    assert_false(digest_equal("abc", "abcd"));
    assert_false(digest_equal("abc", ""));
}

/* The examples of RFC 4648. */
static const struct {
    const char *bytes;
    const char *text;
} examples[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void base64_is_written_and_read_as_published(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        size_t len = strlen(examples[i].bytes), got;
        char *text = base64_encode(examples[i].bytes, len);
        void *bytes = base64_decode(text, strlen(text), &got);

        assert_string_equal(text, examples[i].text);
        assert_non_null(bytes);
        assert_int_equal(got, len);
        assert_memory_equal(bytes, examples[i].bytes, len);
        free(text);
        free(bytes);
    }
}

/* Room for the letters and their zero byte, and not one more. */
static void base64_is_as_long_as_was_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(examples); i++) {
        size_t len = strlen(examples[i].bytes);
        char *text = malloc(base64_length(len) + 1);

        base64_write(examples[i].bytes, len, text);
        assert_string_equal(text, examples[i].text);
        assert_int_equal(strlen(text), base64_length(len));
        free(text);
    }
}

static void every_byte_survives_base64(void **state)
{
    unsigned char bytes[256 * 3];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 11 + i / 256);
    for (size_t len = sizeof bytes - 4; len <= sizeof bytes; len++) {
        size_t got;
        char *text = base64_encode(bytes, len);
        void *again = base64_decode(text, strlen(text), &got);

        assert_int_equal(got, len);
        assert_memory_equal(again, bytes, len);
        got = 0;
        assert_true(base64_decode_in_place(text, strlen(text), &got));
        assert_int_equal(got, len);
        assert_memory_equal(text, bytes, len);
        free(text);
        free(again);
    }
}

static void what_is_no_base64_is_refused(void **state)
{
    static const char *const bad[] = {
        "Z",        "Zg",         "Zg=",      "Zm9",      "=",
        "====",     "Z===",       "Zg==Zg==", "Zm8=Zg==", "Zm9v\n",
        "Zm9v Zg=", " Zm9vZg=",   "Zm9-",     "Zm9_",     "Zm9v====",
        "Z=g=",     "Zm\xc3\xa9", "Zg==\n\n", "=Zg=",
    };
    size_t got;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (base64_decode(bad[i], strlen(bad[i]), &got))
            fail_msg("taken for base64: \"%s\"", bad[i]);
    for (size_t i = 0; i < COUNT(bad); i++) {
        char *text = strdup(bad[i]);

        assert_false(base64_decode_in_place(text, strlen(text), &got));
        free(text);
    }
    assert_null(base64_decode("Zm9\0", 4, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_the_published_hashes),
        cmocka_unit_test(a_hash_in_pieces_is_the_hash_of_the_whole),
        cmocka_unit_test(a_hash_can_be_given_up),
        cmocka_unit_test(keys_of_any_length_give_the_published_macs),
        cmocka_unit_test(hex_is_lower_case_with_leading_zeros),
        cmocka_unit_test(only_equal_texts_are_equal),
        cmocka_unit_test(base64_is_written_and_read_as_published),
        cmocka_unit_test(base64_is_as_long_as_was_said),
        cmocka_unit_test(every_byte_survives_base64),
        cmocka_unit_test(what_is_no_base64_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
