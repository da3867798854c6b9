//! Templates.

use jit_approvals::bindings::{Members, at};
use jit_approvals::json::{Json, Object};
use jit_approvals::{Directory, Id, Origin, Rendered, RequestBody, Result};
use napi::Env;
use napi::bindgen_prelude::{Function, FunctionCallContext, ObjectFinalize};
use napi_derive::napi;

use crate::call::{Text, call, id, text, time};
use crate::request::{Request, needs_text};
use crate::weight;

/// A checked template.
#[napi(custom_finalize)]
pub struct Template {
    template: jit_approvals::Template,
    weight: i64,
}

impl ObjectFinalize for Template {
    fn finalize(self, env: Env) -> napi::Result<()> {
        weight::remove(env, self.weight)
    }
}

#[napi]
impl Template {
    /// A template from its JSON text.
    #[napi(factory)]
    pub fn parse(env: Env, record: String) -> napi::Result<Self> {
        let template = call(|| jit_approvals::Template::parse(&record))?;
        let weight = weight::of(record.len());
        weight::add(env, weight)?;
        Ok(Self { template, weight })
    }

    /// All that is wrong with a record: an array of errors.
    #[napi]
    pub fn mistakes(record: String) -> napi::Result<String> {
        call(|| {
            let mistakes = jit_approvals::Template::mistakes(&Json::parse(&record)?);
            Ok(Json::from(mistakes.iter().map(jit_approvals::Error::to_json).collect::<Vec<_>>()).to_string())
        })
    }

    /// The record that it was read from.
    #[napi]
    pub fn record(&self) -> napi::Result<String> {
        call(|| Ok(self.template.to_json().to_string()))
    }

    /// `approvalKey`
    #[napi(getter)]
    pub fn key(&self) -> napi::Result<String> {
        call(|| Ok(self.template.key().to_owned()))
    }

    /// `templateVersion`
    #[napi(getter)]
    pub fn version(&self) -> napi::Result<u32> {
        call(|| Ok(self.template.version()))
    }

    /// The parts of title and text before they are filled: `{titleParts: [{text, key?}], parts: [{text, key?}]}`. The
    /// text of a placeholder is empty.
    #[napi]
    pub fn unfilled(&self) -> napi::Result<String> {
        call(|| {
            let title_parts: Vec<Object> = self.template.title_parts().map(Object::from).collect();
            let parts: Vec<Object> = self.template.parts().map(Object::from).collect();
            Ok(Object::new().with("titleParts", title_parts).with("parts", parts).to_string())
        })
    }

    /// `(values) → title and text`. `values` are a character whose code is a count, the application, the subject, and
    /// that many pairs of key and value, each followed by a NUL. If anything is not accepted, the result is empty.
    ///
    /// `(context, true) → title and text`. `context` is the JSON text of `{metaData, origin, requestId?}`. If anything
    /// is not accepted, the error says what.
    ///
    /// The result begins with characters whose codes are lengths in UTF-16 units: of the title, of each value in the
    /// title, of each value in the text. The limits of all of them are below the surrogates.
    #[napi]
    pub fn renderer<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), Text>> {
        let template = self.template.clone();
        env.create_function_from_closure("render", move |context: FunctionCallContext| {
            let given: String = context.get(0)?;
            call(|| match context.length() {
                1 => Ok(flat(&template, &given).unwrap_or_else(|| text(String::new()))),
                _ => described(&template, &given),
            })
        })
    }

    /// Opens a request, from the JSON texts of its body, origin and directory.
    #[napi]
    pub fn open(
        &self,
        env: Env,
        body: String,
        origin: String,
        directory: String,
        now: Option<i64>,
        request_id: Option<String>,
    ) -> napi::Result<Request> {
        // The request also holds what the template shows.
        let weight = self.weight + weight::of(body.len());
        let request = call(|| {
            let body = RequestBody::parse(&body)?;
            let origin = Origin::from_json(&Json::parse(&origin)?)?;
            let directory = Directory::from_json(&Json::parse(&directory)?)?;
            let at = at(time(now), id(request_id.as_deref())?)?;
            jit_approvals::ApprovalRequest::open_at(&self.template, &body, &origin, &directory, at)
        })?;
        Request::weighing(env, request, weight)
    }

    /// What a directory must contain for this body: `{emails, groups}`.
    #[napi]
    pub fn needs(&self, body: String) -> napi::Result<String> {
        call(|| Ok(needs_text(self.template.needs(&RequestBody::parse(&body)?))))
    }
}

/// `None` if anything is not accepted: `described` says what.
fn flat(template: &jit_approvals::Template, given: &str) -> Option<Text> {
    let pairs = given.chars().next()?;
    let mut rest = &given[pairs.len_utf8()..];
    // Pieces are short: a search byte by byte is faster than one made for long texts.
    let mut next = || {
        let end = rest.bytes().position(|byte| byte == 0).unwrap_or(rest.len());
        let piece = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        piece
    };
    let origin = Origin::new(next(), next()).ok()?;
    let meta_data = (0..u32::from(pairs)).map(|_| (next(), next()));
    let rendered = template.render_texts(meta_data, &origin, Id::NIL).ok()?;
    // A NUL in a key or value would have made more pieces.
    rest.is_empty().then(|| packed(&rendered))
}

fn described(template: &jit_approvals::Template, given: &str) -> Result<Text> {
    let context = Json::parse(given)?;
    let context = Members::of(&context, "", &["metaData", "origin", "requestId"])?;
    let meta_data = context.required("metaData", context.object("metaData")?)?;
    let origin = Origin::from_json(context.required("origin", context.optional("origin"))?)?;
    let request_id = context.parsed("requestId")?.unwrap_or(Id::NIL);
    Ok(packed(&template.render(meta_data, &origin, request_id)?))
}

fn packed(rendered: &Rendered<'_>) -> Text {
    let mut packed = String::with_capacity(rendered.text().len() + rendered.title().len() + 32);
    let length = |text: &str| if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    let code = |text: &str| {
        let length = u32::try_from(length(text)).unwrap_or(u32::MAX);
        char::from_u32(length).expect("far below the surrogates")
    };
    packed.push(code(rendered.title()));
    for part in rendered.title_parts().chain(rendered.parts()).filter(|part| part.key.is_some()) {
        packed.push(code(part.text));
    }
    packed.push_str(rendered.title());
    packed.push_str(rendered.text());
    text(packed)
}
