//! Templates.

use jit_approvals::bindings::{Members, at};
use jit_approvals::json::{Json, Object};
use jit_approvals::template::Part;
use jit_approvals::{Directory, Id, Origin, RequestBody, UnixTime};
use napi::Env;
use napi::bindgen_prelude::ObjectFinalize;
use napi_derive::napi;

use crate::call::{Text, call, id, text};
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
    /// Reads a template from its JSON text.
    #[napi(factory)]
    pub fn parse(env: Env, record: String) -> napi::Result<Self> {
        let template = call(|| jit_approvals::Template::parse(&record))?;
        let weight = weight::of(record.len());
        weight::add(env, weight)?;
        Ok(Self { template, weight })
    }

    /// Returns every mistake of a record: a JSON array of errors.
    #[napi]
    pub fn mistakes(record: String) -> napi::Result<String> {
        call(|| {
            let mistakes = jit_approvals::Template::mistakes(&Json::parse(&record)?);
            Ok(Json::from(mistakes.iter().map(jit_approvals::Error::to_json).collect::<Vec<_>>()).to_string())
        })
    }

    /// Returns the record that the template was read from.
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

    /// Returns the keys of the parts of the title and of the text, as JSON text `[[key], [key]]`. The key of the template's
    /// own words is null.
    #[napi]
    pub fn keys(&self) -> napi::Result<String> {
        call(|| {
            let key = |part: Part<'_>| part.key.map_or(Json::Null, Json::from);
            let title: Vec<Json> = self.template.title_parts().map(key).collect();
            let text: Vec<Json> = self.template.parts().map(key).collect();
            Ok(Json::from(vec![Json::from(title), Json::from(text)]).to_string())
        })
    }

    /// Renders the template with the values in the JSON text `meta_data`. Returns a JSON array of texts: of each part of the
    /// title, then of each part of the text. `origin` is JSON text, and so is `more`, which may hold further members of the
    /// origin and a `requestId`.
    #[napi]
    pub fn render(
        &self,
        application: String,
        subject: String,
        meta_data: String,
        more: Option<String>,
    ) -> napi::Result<Text> {
        call(|| {
            let meta_data = Object::parse(&meta_data)?;
            let mut id = Id::NIL;
            let origin = match more {
                None => Origin::new(&application, &subject)?,
                Some(more) => {
                    let mut more = Object::parse(&more)?;
                    if let Some(given) = more.remove("requestId") {
                        id = Members::of(&Object::new().with("requestId", given).into(), "", &["requestId"])?
                            .required_parsed("requestId")?;
                    }
                    Origin::from_json(&more.with("application", application).with("subject", subject).into())?
                }
            };
            let rendered = self.template.render(&meta_data, &origin, id)?;
            let mut texts = String::with_capacity(2 * rendered.text().len() + 256);
            for part in rendered.title_parts().chain(rendered.parts()) {
                texts.push(if texts.is_empty() { '[' } else { ',' });
                Json::write_string_to(part.text, &mut texts);
            }
            texts.push(']');
            Ok(text(texts))
        })
    }

    /// Opens a request from the JSON texts of its body, origin and directory.
    #[napi]
    pub fn open(
        &self,
        body: String,
        origin: String,
        directory: String,
        now: i64,
        request_id: Option<String>,
    ) -> napi::Result<Request> {
        call(|| {
            let body = RequestBody::parse(&body)?;
            let origin = Origin::from_json(&Json::parse(&origin)?)?;
            let directory = Directory::from_json(&Json::parse(&directory)?)?;
            let at = at(Some(UnixTime::from_seconds(now)), id(request_id.as_deref())?)?;
            let request =
                jit_approvals::ApprovalRequest::open_at(&self.template, &body, &origin, &directory, at);
            request.map(Request::new)
        })
    }

    /// Returns what a directory must contain for this body: `{emails, groups}`.
    #[napi]
    pub fn needs(&self, body: String) -> napi::Result<String> {
        call(|| Ok(needs_text(self.template.needs(&RequestBody::parse(&body)?))))
    }
}
