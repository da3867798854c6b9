// Mints, verifies, opens, decides and consumes through the C ABI, as C and as C++. The next language starts from here.

#include "jit_approvals.h"

#include <stdio.h>
#include <string.h>

static JitSlice text(const char *text) {
    JitSlice slice = {(const uint8_t *)text, strlen(text)};
    return slice;
}

static JitSlice taken(JitBuffer buffer) {
    JitSlice slice = {buffer.data, buffer.length};
    return slice;
}

static const JitSlice NOT_GIVEN = {NULL, 0};

static int failures = 0;

// Checks the status of a call. If it is another one, shows the record of the error.
static void expect(const char *call, uint32_t status, uint32_t expected, JitBuffer out) {
    if (status != expected) {
        fprintf(stderr, "%s: status %u, not %u: %.*s\n", call, status, expected, (int)out.length,
                out.data == NULL ? "" : (const char *)out.data);
        failures++;
    }
}

static void expect_text(const char *call, JitBuffer out, const char *part) {
    char shown[4096] = {0};
    size_t length = out.length < sizeof shown ? out.length : sizeof shown - 1;
    memcpy(shown, out.data, length);
    if (strstr(shown, part) == NULL) {
        fprintf(stderr, "%s: %s is not in %s\n", call, part, shown);
        failures++;
    }
}

int main(void) {
    const int64_t now = 1700000000;
    JitBuffer out;

    JitSigningKey *key = NULL;
    uint8_t bytes[32] = {0};
    JitSlice raw = {bytes, sizeof bytes};
    expect("key", jit_signing_key_from_bytes(raw, -1, text("k1"), &key, &out), 0, out);

    // The application mints an auth token.
    JitMinter *minter = NULL;
    JitSlice options = text("{\"issuer\": \"shop.example.com\", \"audience\": \"approvals.example.com\"}");
    expect("minter", jit_minter_new(key, options, &minter, &out), 0, out);
    JitBuffer token;
    expect("mint", jit_minter_mint(minter, text("kevin"), text("{\"plan\": \"gold\"}"), now, NOT_GIVEN, &token), 0,
           token);

    // The host verifies it.
    JitVerifier *verifier = NULL;
    const JitSigningKey *keys[] = {key};
    expect("verifier", jit_verifier_new(keys, 1, options, &verifier, &out), 0, out);
    JitTimes times;
    JitBuffer key_id;
    expect("verify", jit_verifier_verify(verifier, taken(token), now, &times, &key_id, &out), 0, out);
    expect_text("verify", out, "\"plan\":\"gold\"");
    expect_text("key id", key_id, "k1");
    if (times.expires_at != now + 300 || times.issued_at != now || times.not_before != now - 60) {
        fprintf(stderr, "times: %lld\n", (long long)times.expires_at);
        failures++;
    }
    jit_buffer_free(out);
    jit_buffer_free(key_id);
    expect("an hour later", jit_verifier_verify(verifier, taken(token), now + 3600, NULL, NULL, &out), 2011, out);
    expect_text("an hour later", out, "\"code\":\"token_expired\"");
    jit_buffer_free(out);

    // The host opens a request.
    JitBuffer origin;
    expect("origin", jit_verifier_origin(verifier, taken(token), now, &origin), 0, origin);
    JitTemplate *refund = NULL;
    expect("template",
           jit_template_parse(
               text("{\"approvalType\": \"approve\", \"templateName\": \"Refund\", \"approvalKey\": \"REFUND\","
                    "\"approvalTitle\": \"Refund $(amount)?\", \"approvalData\": \"Refund $(amount) to $(subject).\","
                    "\"defaultApprovers\": [\"ann@example.com\"], \"metadata\": [{\"key\": \"amount\"}]}"),
               &refund, &out),
           0, out);
    JitApprovalRequest *request = NULL;
    expect("open",
           jit_template_open(refund, text("{\"templateId\": \"REFUND\", \"metaData\": {\"amount\": \"$5\"}}"),
                             taken(origin), text("{\"people\": \"everyone\"}"), now, NOT_GIVEN, &request, &out),
           0, out);

    // The approver reads the text and approves it.
    JitBuffer record;
    expect("record", jit_approval_request_record(request, now, &record), 0, record);
    expect_text("record", record, "\"text\":\"Refund $5 to kevin.\"");
    char shown[4096] = {0};
    memcpy(shown, record.data, record.length < sizeof shown ? record.length : sizeof shown - 1);
    const char *hash = strstr(shown, "\"contentHash\":\"");
    char decision[256];
    snprintf(decision, sizeof decision,
             "{\"verdict\": \"approve\", \"approver\": \"ann@example.com\", \"contentHash\": \"%.64s\"}",
             hash == NULL ? "" : hash + 15);
    uint8_t recorded = 0;
    expect("decide",
           jit_approval_request_decide(request, text(decision), NOT_GIVEN, now, NOT_GIVEN, &recorded, &out), 0, out);
    expect("decide again",
           jit_approval_request_decide(request, text(decision), NOT_GIVEN, now, NOT_GIVEN, &recorded, &out), 0, out);
    if (recorded != 0) {
        fprintf(stderr, "the same decision was recorded twice\n");
        failures++;
    }

    // The application acts: on what was approved, and once.
    expect("another act", jit_approval_request_consume(request, text("{\"metaData\": {\"amount\": \"$6\"}}"), now, &out),
           5006, out);
    expect_text("another act", out, "\"code\":\"content_mismatch\"");
    jit_buffer_free(out);
    JitSlice act = text("{\"metaData\": {\"amount\": \"$5\"}}");
    expect("consume", jit_approval_request_consume(request, act, now, &out), 0, out);
    expect("consume again", jit_approval_request_consume(request, act, now, &out), 7002, out);
    jit_buffer_free(out);

    // What is missing is an error, too.
    expect("no handle", jit_approval_request_consume(NULL, act, now, &out), 1006, out);
    jit_buffer_free(out);
    expect("no text", jit_approval_request_consume(request, NOT_GIVEN, now, &out), 1006, out);
    jit_buffer_free(out);

    jit_buffer_free(token);
    jit_buffer_free(origin);
    jit_buffer_free(record);
    jit_approval_request_free(request);
    jit_template_free(refund);
    jit_verifier_free(verifier);
    jit_minter_free(minter);
    jit_signing_key_free(key);
    if (failures == 0) {
        puts("the whole way passed");
    }
    return failures;
}
