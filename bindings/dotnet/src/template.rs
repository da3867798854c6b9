//! Templates.

use jit_approvals::bindings::{Members, at};
use jit_approvals::json::{Json, Object};
use jit_approvals::template::Needs;
use jit_approvals::{ApprovalRequest, Directory, Error, Id, Origin, RequestBody, Template};

use crate::abi::{JitBuffer, JitSlice, call, create, free, get, time};
use crate::request::JitApprovalRequest;

/// A checked template. It never changes.
#[derive(Debug)]
pub struct JitTemplate(Template);

/// Reads and checks a template.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_template_parse(
    record: JitSlice,
    template: *mut *mut JitTemplate,
    out: *mut JitBuffer,
) -> u32 {
    create(template, out, || Template::parse(record.text("template")?).map(JitTemplate))
}

/// Returns all mistakes of a template: a JSON array of the records of errors.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_template_mistakes(record: JitSlice, out: *mut JitBuffer) -> u32 {
    call(out, || {
        let mistakes = Template::mistakes(&record.json("template")?);
        Ok(Json::from(mistakes.iter().map(Error::to_json).collect::<Vec<_>>()).to_string())
    })
}

/// Returns the record that the template was read from.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_template_record(template: *const JitTemplate, out: *mut JitBuffer) -> u32 {
    call(out, || Ok(get(template, "template")?.0.to_json().to_string()))
}

/// Returns `{key, version}`: the record's `approvalKey`, and its `templateVersion` or 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_template_key(template: *const JitTemplate, out: *mut JitBuffer) -> u32 {
    call(out, || {
        let template = &get(template, "template")?.0;
        let object = Object::new().with("key", template.key()).with("version", template.version());
        Ok(Json::from(object).to_string())
    })
}

/// Renders the template with these values: what an approver would see, as
/// `{title, titleParts: [{text, key?}], text, parts: [{text, key?}]}`. `request_id` is optional.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_template_render(
    template: *const JitTemplate,
    meta_data: JitSlice,
    origin: JitSlice,
    request_id: JitSlice,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || {
        let template = &get(template, "template")?.0;
        let meta_data = Object::new().with("metaData", meta_data.json("metaData")?).into();
        let meta_data = Members::of(&meta_data, "", &["metaData"])?;
        let meta_data = meta_data.required("metaData", meta_data.object("metaData")?)?;
        let origin = origin.record("origin", Origin::from_json)?;
        let id = request_id.id("requestId")?.unwrap_or(Id::NIL);
        Ok(template.render(meta_data, &origin, id)?.to_json().to_string())
    })
}

/// Returns what a directory must contain for this body: `{emails, groups}`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_template_needs(
    template: *const JitTemplate,
    body: JitSlice,
    out: *mut JitBuffer,
) -> u32 {
    call(out, || {
        let template = &get(template, "template")?.0;
        Ok(needs_text(template.needs(&body.record("request", RequestBody::from_json)?)))
    })
}

/// Opens a request from the records of its body, origin and directory. `id` is optional: the id of the request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_template_open(
    template: *const JitTemplate,
    body: JitSlice,
    origin: JitSlice,
    directory: JitSlice,
    now: i64,
    id: JitSlice,
    request: *mut *mut JitApprovalRequest,
    out: *mut JitBuffer,
) -> u32 {
    create(request, out, || {
        let template = &get(template, "template")?.0;
        let body = body.record("request", RequestBody::from_json)?;
        let origin = origin.record("origin", Origin::from_json)?;
        let directory = directory.record("directory", Directory::from_json)?;
        let at = at(Some(time(now)), id.id("id")?)?;
        ApprovalRequest::open_at(template, &body, &origin, &directory, at).map(JitApprovalRequest::new)
    })
}

/// Frees a template.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jit_template_free(template: *mut JitTemplate) {
    free(template);
}

pub(crate) fn needs_text(needs: Needs) -> String {
    Object::new().with("emails", needs.emails).with("groups", needs.groups).to_string()
}
