//! Templates.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use jit_approvals::bindings::at;
use jit_approvals::json::Json;
use jit_approvals::{Directory, Id, RequestBody};

use crate::enums::ApprovalType;
use crate::exception::{Result, call, engine, json_serializable, object as exception_object, run};
use crate::origin::with_origin;
use crate::request::ApprovalRequest;
use crate::results::{Needs, Part, Rendered};
use crate::values::{
    Default, Mixed, Nullable, Place, Text, list, moment, object, record, record_or_text, value,
};

/// The nil UUID, as PHP's source.
const NIL: Default = Default::Source("'00000000-0000-0000-0000-000000000000'");

/// A checked template: its placeholders are declared, and its constraints can be met. Immutable.
#[php_class]
#[php(name = "JitApprovals\\Template")]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[php(flags = ClassFlags::Final.union(ClassFlags::NoDynamicProperties))]
pub struct Template(jit_approvals::Template);

#[php_impl]
impl Template {
    /// Reads and checks a template, an array or its JSON text. In a text, errors have line and column.
    #[php(name = "parse")]
    pub fn parse(record: Mixed<'_>) -> Result<Self> {
        call(|| {
            let record = record_or_text(record.required(), "template")?;
            run(|| jit_approvals::Template::from_json(&record)).map(Self)
        })
    }

    /// Returns all mistakes of a template as exceptions, which are returned and not thrown.
    #[php(name = "mistakes")]
    pub fn mistakes(record: Mixed<'_>) -> Result<ZBox<ZendHashTable>> {
        call(|| {
            let mut list = ZendHashTable::new();
            let record = record_or_text(record.required(), "template")?;
            for mistake in jit_approvals::Template::mistakes(&record) {
                list.push(exception_object(&mistake).map_err(engine)?).map_err(engine)?;
            }
            Ok(list)
        })
    }

    /// `approvalKey`, which requests name as their `templateId`.
    #[php(getter, name = "key")]
    pub fn key(&self) -> String {
        self.0.key().to_owned()
    }

    /// `templateVersion`
    #[php(getter, name = "version")]
    pub fn version(&self) -> i64 {
        self.0.version().into()
    }

    /// `templateName`
    #[php(getter, name = "name")]
    pub fn name(&self) -> Option<String> {
        self.member("templateName")?.as_str().map(str::to_owned)
    }

    /// The declared fields: a list of arrays.
    #[php(getter, name = "fields")]
    pub fn fields(&self) -> ZBox<ZendHashTable> {
        let fields = self.member("metadata").and_then(Json::as_array).unwrap_or_default();
        list(fields).unwrap_or_else(|_| ZendHashTable::new())
    }

    /// What an approver does to approve.
    #[php(getter, name = "approvalType")]
    pub fn approval_type(&self) -> ApprovalType {
        ApprovalType::of(self.member("approvalType").and_then(Json::as_str).unwrap_or_default())
    }

    /// Renders what an approver would see, with these values on behalf of this origin.
    ///
    /// `$origin` is what `Verifier::origin` returned, or an array with `application` and `subject`.
    #[php(name = "render")]
    #[php(defaults(requestId = NIL))]
    pub fn render(&self, metaData: Mixed<'_>, origin: Mixed<'_>, requestId: Text<'_>) -> Result<Rendered> {
        call(|| {
            let values = object(metaData.required(), Place::Argument("metaData"))?;
            let id = requestId.given().map(|_| requestId.text("requestId")).transpose()?;
            with_origin(origin, |origin| {
                run(|| {
                    let id = id.map(str::parse).transpose()?.unwrap_or(Id::NIL);
                    self.0.render(&values, origin, id).map(Rendered)
                })
            })
        })
    }

    /// Returns what a directory must contain to open this request.
    #[php(name = "needs")]
    pub fn needs(&self, request: Mixed<'_>) -> Result<Needs> {
        call(|| {
            let body = self.body(request)?;
            run(|| Ok(self.0.needs(&RequestBody::from_json(&body)?))).map(Needs::from)
        })
    }

    /// Opens a request: renders its text and fixes who may decide.
    ///
    /// `$request` is the body that the application posted, an array or its JSON text; in an array, `templateId` is by default
    /// the template's own key. `$origin` is what `Verifier::origin` returned, or an array as `Origin::fromArray` reads it.
    /// `$directory` lists the people and groups at present: `['people' => [...], 'groups' => [...]]`, or
    /// `['people' => 'everyone']`.
    #[php(name = "open")]
    pub fn open(
        &self,
        request: Mixed<'_>,
        origin: Mixed<'_>,
        directory: Mixed<'_>,
        now: Nullable<'_, Mixed<'_>>,
        id: Nullable<'_, Text<'_>>,
    ) -> Result<ApprovalRequest> {
        call(|| {
            let body = self.body(request)?;
            let directory = record(directory.required(), "directory")?;
            let (now, id) = (moment(now)?, id.id()?);
            let opened = with_origin(origin, |origin| {
                run(|| {
                    let (body, directory) =
                        (RequestBody::from_json(&body)?, Directory::from_json(&directory)?);
                    jit_approvals::ApprovalRequest::open_at(
                        &self.0,
                        &body,
                        origin,
                        &directory,
                        at(Some(now), id)?,
                    )
                })
            })?;
            Ok(ApprovalRequest::new(opened))
        })
    }

    /// Returns the record that the template was read from.
    #[php(name = "jsonSerialize")]
    pub fn json_serialize(&self) -> Result<Zval> {
        call(|| value(self.0.to_json()))
    }
}

impl Template {
    fn member(&self, name: &str) -> Option<&Json> {
        self.0.to_json().get(name)
    }

    fn body(&self, request: Mixed<'_>) -> Result<Json> {
        let request = request.required();
        let mut body = record_or_text(request, "request")?;
        if let Json::Object(members) = &mut body
            && !request.is_string()
            && !members.contains_key("templateId")
        {
            members.insert("templateId", self.0.key());
        }
        Ok(body)
    }
}

impl From<jit_approvals::template::Part<'_>> for Part {
    fn from(part: jit_approvals::template::Part<'_>) -> Self {
        Self { text: part.text.to_owned(), key: part.key.map(str::to_owned) }
    }
}

impl From<jit_approvals::template::Needs> for Needs {
    fn from(needs: jit_approvals::template::Needs) -> Self {
        Self { emails: needs.emails, groups: needs.groups }
    }
}
