// Made by `cargo xtask generate`. Do not edit.
//
// The C ABI of jit-approvals. The .NET library calls it, and other languages can.
//
// - Text and bytes go in as a `JitSlice`, text in UTF-8, records as JSON text. What comes out is a `JitBuffer`,
//   which `jit_buffer_free` frees.
// - Every function that can fail returns 0, or the number of an error. Then `out` holds the error's record as JSON:
//   `{number, code, family, status, message, field?, line?, column?}`.
// - A handle is created by one function and freed by the `…_free` function of its kind. Handles may be used from
//   several threads at a time, except that nothing may use a handle while or after it is freed.
// - A time is Unix seconds. `JIT_NOW` is the current time of the system.
// - An optional slice that is not given has a null pointer. An empty slice is a value, and has a pointer.
//

#ifndef JIT_APPROVALS_H
#define JIT_APPROVALS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// The current time of the system, in place of a time in Unix seconds.
#define JIT_NOW INT64_MIN

// Verifies the access tokens of one host for one application, and no other tokens.
typedef struct JitAccessTokenVerifier JitAccessTokenVerifier;

// A request and its events. Commands from several threads run one after the other.
typedef struct JitApprovalRequest JitApprovalRequest;

// A token that is being built: byte for byte the token of njwt 2.0.1 for the same claims, clock and `jti`.
typedef struct JitJwt JitJwt;

// Mints the auth tokens of one application with one key.
typedef struct JitMinter JitMinter;

// A signing key. No function returns its bytes.
typedef struct JitSigningKey JitSigningKey;

// A checked template. It never changes.
typedef struct JitTemplate JitTemplate;

// Verifies the auth tokens of one application.
typedef struct JitVerifier JitVerifier;

// Bytes of this library: a text in UTF-8, or any bytes. `jit_buffer_free` frees them. A null pointer means that there
// is no value; then there is nothing to free.
typedef struct {
  // The first byte.
  uint8_t *data;
  // The number of bytes.
  size_t length;
  // The number of bytes that were allocated.
  size_t capacity;
} JitBuffer;

// Bytes of the caller. A null pointer means that an optional value is not given.
typedef struct {
  // The first byte.
  const uint8_t *data;
  // The number of bytes.
  size_t length;
} JitSlice;

// The times of a verified token, in Unix seconds. A time that the token does not have is `JIT_NOW`.
typedef struct {
  // `exp`
  int64_t expires_at;
  // `nbf`
  int64_t not_before;
  // `iat`
  int64_t issued_at;
} JitTimes;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Frees a buffer. A buffer without a value is allowed.
void jit_buffer_free(JitBuffer buffer);

// Signs an access token. Its record is
// `{issuer, application, subject, grantId, expiresAt, approvalRequestId, templateId, contentHash}`.
uint32_t jit_access_token_sign(JitSlice record, const JitSigningKey *key, JitBuffer *out);

// Creates a verifier from the options `{issuer, application, leewaySeconds?}`.
uint32_t jit_access_token_verifier_new(const JitSigningKey *const *keys,
                                       size_t count,
                                       JitSlice options,
                                       JitAccessTokenVerifier **verifier,
                                       JitBuffer *out);

// Verifies an access token and returns its record.
uint32_t jit_access_token_verifier_verify(const JitAccessTokenVerifier *verifier,
                                          JitSlice token,
                                          int64_t now,
                                          JitBuffer *out);

// Frees a verifier.
void jit_access_token_verifier_free(JitAccessTokenVerifier *verifier);

// Verifies a chain of events. Returns `{count, complete}`: the number of events, and whether the end is proven.
//
// The texts must be exactly as they were written, unless `any_spelling` is not 0. `head_count` and `head_hash` are the
// head; a negative count means that none is given.
uint32_t jit_verify_chain(const JitSlice *events,
                          size_t count,
                          uint8_t any_spelling,
                          int64_t head_count,
                          JitSlice head_hash,
                          JitBuffer *out);

// Signs a payload with a header that is JSON text.
uint32_t jit_jws_sign(const JitSigningKey *key, JitSlice header, JitSlice payload, JitBuffer *out);

// Verifies a JWS with the given keys and returns its payload, which may be any bytes. `header` receives the header as
// JSON text; it may be null.
uint32_t jit_jws_verify(const JitSigningKey *const *keys,
                        size_t count,
                        JitSlice token,
                        JitBuffer *header,
                        JitBuffer *out);

// Starts a token with the given claims, then `jti` and `iat`, if they are not among them, and `exp`, an hour from now.
// `claims` is optional JSON text of an object, `jti` is optional.
uint32_t jit_jwt_new(JitSlice claims,
                     int64_t now,
                     JitSlice jti,
                     JitJwt **jwt,
                     JitBuffer *out);

// Sets a claim to a value that is JSON text.
uint32_t jit_jwt_set_claim(const JitJwt *jwt, JitSlice name, JitSlice value, JitBuffer *out);

// Sets a parameter of the header to a value that is JSON text.
uint32_t jit_jwt_set_header(const JitJwt *jwt, JitSlice name, JitSlice value, JitBuffer *out);

// Sets `exp`. `JIT_NOW` removes it: such a token never expires, and no verifier accepts it.
uint32_t jit_jwt_set_expiration(const JitJwt *jwt, int64_t expires_at, JitBuffer *out);

// Sets `nbf`. `JIT_NOW` removes it.
uint32_t jit_jwt_set_not_before(const JitJwt *jwt, int64_t not_before, JitBuffer *out);

// Returns the header, as JSON text.
uint32_t jit_jwt_header(const JitJwt *jwt, JitBuffer *out);

// Returns the claims, as JSON text.
uint32_t jit_jwt_claims(const JitJwt *jwt, JitBuffer *out);

// Signs the token and returns its text.
uint32_t jit_jwt_compact(const JitJwt *jwt, const JitSigningKey *key, JitBuffer *out);

// Frees a token that is being built.
void jit_jwt_free(JitJwt *jwt);

// Creates a random key. `id` is optional: the `kid` of its tokens.
uint32_t jit_signing_key_generate(JitSlice id, JitSigningKey **key, JitBuffer *out);

// Creates a random key and returns its base64 text.
uint32_t jit_signing_key_generate_base64(JitBuffer *out);

// Reads a key from base64 text. `least_bytes` is the minimum number of bytes; a negative number means 32.
uint32_t jit_signing_key_from_base64(JitSlice text,
                                     int64_t least_bytes,
                                     JitSlice id,
                                     JitSigningKey **key,
                                     JitBuffer *out);

// Creates a key from its bytes. `least_bytes` is the minimum number of bytes; a negative number means 32.
uint32_t jit_signing_key_from_bytes(JitSlice bytes,
                                    int64_t least_bytes,
                                    JitSlice id,
                                    JitSigningKey **key,
                                    JitBuffer *out);

// Returns the id of the key, or no value if it has none.
uint32_t jit_signing_key_id(const JitSigningKey *key, JitBuffer *out);

// Frees a key and clears its memory.
void jit_signing_key_free(JitSigningKey *key);

// Creates a minter from the options `{issuer, audience, lifetimeSeconds?, backdateSeconds?}`.
uint32_t jit_minter_new(const JitSigningKey *key,
                        JitSlice options,
                        JitMinter **minter,
                        JitBuffer *out);

// Mints a token. `claims` is optional JSON text of an object, `jti` is optional.
uint32_t jit_minter_mint(const JitMinter *minter,
                         JitSlice subject,
                         JitSlice claims,
                         int64_t now,
                         JitSlice jti,
                         JitBuffer *out);

// Mints a token for each subject. `subjects` is a JSON array of strings. Returns a JSON array of strings.
uint32_t jit_minter_mint_many(const JitMinter *minter,
                              JitSlice subjects,
                              JitSlice claims,
                              int64_t now,
                              JitBuffer *out);

// Frees a minter.
void jit_minter_free(JitMinter *minter);

// Checks the body of a request strictly and returns it, rewritten without white space.
uint32_t jit_request_body_check(JitSlice text, JitBuffer *out);

// Checks an act strictly and returns it, rewritten without white space.
uint32_t jit_act_check(JitSlice text, JitBuffer *out);

// Checks a directory strictly and returns it, rewritten without white space.
uint32_t jit_directory_check(JitSlice text, JitBuffer *out);

// Restores a request from the texts of its events. The other arguments are those of `jit_verify_chain`.
uint32_t jit_approval_request_restore(const JitSlice *events,
                                      size_t count,
                                      uint8_t any_spelling,
                                      int64_t head_count,
                                      JitSlice head_hash,
                                      JitApprovalRequest **request,
                                      JitBuffer *out);

// Returns the record at the given time.
uint32_t jit_approval_request_record(const JitApprovalRequest *request,
                                     int64_t now,
                                     JitBuffer *out);

// Returns what the record does not show: `{company, claims, people}`. `people` is `everyone` or `listed`.
uint32_t jit_approval_request_details(const JitApprovalRequest *request,
                                      JitBuffer *out);

// Returns the status at the given time, such as `pending`.
uint32_t jit_approval_request_status(const JitApprovalRequest *request,
                                     int64_t now,
                                     JitBuffer *out);

// Returns the head: `{count, hash}`.
uint32_t jit_approval_request_head(const JitApprovalRequest *request, JitBuffer *out);

// Returns the texts of the events after the given sequence number, one on each line.
uint32_t jit_approval_request_events_since(const JitApprovalRequest *request,
                                           uint64_t sequence,
                                           JitBuffer *out);

// Returns what a directory must contain for a decision of this approver: `{emails, groups}`.
uint32_t jit_approval_request_needs_of(const JitApprovalRequest *request,
                                       JitSlice approver,
                                       JitBuffer *out);

// Returns no value if this person may decide, otherwise the record of the error that says why not. `directory` is
// optional, as in `jit_approval_request_decide`.
uint32_t jit_approval_request_may_decide(const JitApprovalRequest *request,
                                         JitSlice approver,
                                         JitSlice directory,
                                         int64_t now,
                                         JitBuffer *out);

// Records a decision: `{approver, verdict, contentHash, comment?, signature?}`.
//
// `directory` may be left out only if the request was opened with everyone and the approver was named directly. `id` is
// optional: the id of the grant, if this decision completes the approval. `recorded` receives 0 if the approver has
// already made the same decision, otherwise 1; it may be null.
uint32_t jit_approval_request_decide(const JitApprovalRequest *request,
                                     JitSlice decision,
                                     JitSlice directory,
                                     int64_t now,
                                     JitSlice id,
                                     uint8_t *recorded,
                                     JitBuffer *out);

// Withdraws the request while it is pending. `actor` is `{kind, id}`, `reason` is optional.
uint32_t jit_approval_request_cancel(const JitApprovalRequest *request,
                                     JitSlice actor,
                                     JitSlice reason,
                                     int64_t now,
                                     JitBuffer *out);

// Uses the grant for this act: `{metaData, attachments?}`.
uint32_t jit_approval_request_consume(const JitApprovalRequest *request,
                                      JitSlice act,
                                      int64_t now,
                                      JitBuffer *out);

// Revokes the grant. `actor` is `{kind, id}`, `reason` is optional.
uint32_t jit_approval_request_revoke(const JitApprovalRequest *request,
                                     JitSlice actor,
                                     JitSlice reason,
                                     int64_t now,
                                     JitBuffer *out);

// Records the expiry if the request has expired and no event says so. `recorded` receives 1 if it did, otherwise 0; it
// may be null.
uint32_t jit_approval_request_expire(const JitApprovalRequest *request,
                                     int64_t now,
                                     uint8_t *recorded,
                                     JitBuffer *out);

// Adds an event that another copy of the request made.
uint32_t jit_approval_request_apply(const JitApprovalRequest *request,
                                    JitSlice event,
                                    uint8_t any_spelling,
                                    JitBuffer *out);

// Returns the signed text that carries the grant from the host `issuer` to the application.
uint32_t jit_approval_request_access_token(const JitApprovalRequest *request,
                                           JitSlice issuer,
                                           const JitSigningKey *key,
                                           int64_t now,
                                           JitBuffer *out);

// Frees a request.
void jit_approval_request_free(JitApprovalRequest *request);

// Reads and checks a template.
uint32_t jit_template_parse(JitSlice record, JitTemplate **template_, JitBuffer *out);

// Returns all mistakes of a template: a JSON array of the records of errors.
uint32_t jit_template_mistakes(JitSlice record, JitBuffer *out);

// Returns the record that the template was read from.
uint32_t jit_template_record(const JitTemplate *template_, JitBuffer *out);

// Returns `{key, version}`: the record's `approvalKey`, and its `templateVersion` or 1.
uint32_t jit_template_key(const JitTemplate *template_, JitBuffer *out);

// Renders the template with these values: what an approver would see, as
// `{title, titleParts: [{text, key?}], text, parts: [{text, key?}]}`. `request_id` is optional.
uint32_t jit_template_render(const JitTemplate *template_,
                             JitSlice meta_data,
                             JitSlice origin,
                             JitSlice request_id,
                             JitBuffer *out);

// Returns what a directory must contain for this body: `{emails, groups}`.
uint32_t jit_template_needs(const JitTemplate *template_, JitSlice body, JitBuffer *out);

// Opens a request from the records of its body, origin and directory. `id` is optional: the id of the request.
uint32_t jit_template_open(const JitTemplate *template_,
                           JitSlice body,
                           JitSlice origin,
                           JitSlice directory,
                           int64_t now,
                           JitSlice id,
                           JitApprovalRequest **request,
                           JitBuffer *out);

// Frees a template.
void jit_template_free(JitTemplate *template_);

// Returns the version of this library. A caller that was made for another version must not use it.
uint32_t jit_version(JitBuffer *out);

// Returns every error, in the order of their numbers: `[{number, code, family, status, message}]`.
uint32_t jit_catalogue(JitBuffer *out);

// Returns what an application may send instead of a text that is rejected.
uint32_t jit_plain_text(JitSlice text, JitBuffer *out);

// Returns the key of a name. Names of the same person have the same key.
uint32_t jit_identity(JitSlice name, JitBuffer *out);

// Returns the path of a field as an error has it: shortened, with escapes for characters that could do harm.
uint32_t jit_harmless_field(JitSlice field,
                            JitBuffer *out);

// Creates a verifier from the options
// `{issuer | anyIssuer, audience | anyAudience, leewaySeconds?, maxLifetimeSeconds?, requireSubject?}`. `audience` is
// a string or an array of strings. A token may be signed with any of the keys.
uint32_t jit_verifier_new(const JitSigningKey *const *keys,
                          size_t count,
                          JitSlice options,
                          JitVerifier **verifier,
                          JitBuffer *out);

// Verifies a token and returns the JSON text of its claims. `times` and `key_id` may be null. `key_id` receives the id
// of the key that signed the token, or no value if that key has none.
uint32_t jit_verifier_verify(const JitVerifier *verifier,
                             JitSlice token,
                             int64_t now,
                             JitTimes *times,
                             JitBuffer *key_id,
                             JitBuffer *out);

// Verifies a token and returns the origin that it proves, for `jit_template_open`.
uint32_t jit_verifier_origin(const JitVerifier *verifier,
                             JitSlice token,
                             int64_t now,
                             JitBuffer *out);

// Frees a verifier.
void jit_verifier_free(JitVerifier *verifier);

// Reads a token without verifying it, only to choose a key: `{issuer?, keyId?, header, claims}`.
uint32_t jit_unverified_token(JitSlice token, JitBuffer *out);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* JIT_APPROVALS_H */
