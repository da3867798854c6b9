//! The classes of exceptions. They have no Rust value, so that the engine gives them file, line and trace.

use std::panic::AssertUnwindSafe;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, ClassProperty, FunctionBuilder};
use ext_php_rs::class::{ClassEntryInfo, ClassMetadata, ConstructorMeta, RegisteredClass};
use ext_php_rs::convert::IntoZvalDyn;
use ext_php_rs::describe::DocComments;
use ext_php_rs::error::Result;
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::_zend_compiler_globals as CompilerGlobals;
use ext_php_rs::flags::{ConstantFlags, DataType, MethodFlags, PropertyFlags};
use ext_php_rs::types::{ZendHashTable, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ExecutorGlobals, ce, run_handler};
use ext_php_rs::zend_fastcall;
use jit_approvals::error::Family;

/// Declares a class of exceptions, whose class entry the engine keeps.
macro_rules! exceptions {
    ($($class:ident = $name:literal),+ $(,)?) => {$(
        struct $class;

        impl RegisteredClass for $class {
            const CLASS_NAME: &'static str = $name;
            const BUILDER_MODIFIER: Option<fn(ClassBuilder) -> ClassBuilder> = None;
            const EXTENDS: Option<ClassEntryInfo> = None;
            const IMPLEMENTS: &'static [ClassEntryInfo] = &[];

            fn get_metadata() -> &'static ClassMetadata<Self> {
                static METADATA: ClassMetadata<$class> = ClassMetadata::new(&[]);
                &METADATA
            }

            fn method_builders() -> Vec<(FunctionBuilder<'static>, MethodFlags)> {
                Vec::new()
            }

            fn constructor() -> Option<ConstructorMeta<Self>> {
                None
            }

            fn constants()
            -> &'static [(&'static str, &'static dyn IntoZvalDyn, DocComments, ConstantFlags)] {
                &[]
            }
        }
    )+};
}

exceptions! {
    Base = "JitApprovals\\Exception",
    Input = "JitApprovals\\InputException",
    Token = "JitApprovals\\TokenException",
    Template = "JitApprovals\\TemplateException",
    Metadata = "JitApprovals\\MetadataException",
    Request = "JitApprovals\\RequestException",
    Decision = "JitApprovals\\DecisionException",
    Grant = "JitApprovals\\GrantException",
    Api = "JitApprovals\\ApiException",
    Internal = "JitApprovals\\InternalException",
}

/// Returns the class of a family.
pub(super) fn of(family: Family) -> &'static ClassEntry {
    match family {
        Family::Input => Input::get_metadata().ce(),
        Family::Token => Token::get_metadata().ce(),
        Family::Template => Template::get_metadata().ce(),
        Family::Metadata => Metadata::get_metadata().ce(),
        Family::Request => Request::get_metadata().ce(),
        Family::Decision => Decision::get_metadata().ce(),
        Family::Grant => Grant::get_metadata().ce(),
        Family::Api => Api::get_metadata().ce(),
        _ => Internal::get_metadata().ce(),
    }
}

/// Registers the classes when PHP starts. Returns 0, or -1 if that fails.
pub(crate) extern "C" fn startup(_type: i32, _module: i32) -> i32 {
    // The executor gets its class table with the first request, but `json_serializable` looks into it before.
    let classes = CompilerGlobals::get().class_table;
    ExecutorGlobals::get_mut().class_table = classes;
    if register().is_ok() { 0 } else { -1 }
}

/// The interface `JsonSerializable`.
pub(crate) fn json_serializable() -> &'static ClassEntry {
    ClassEntry::try_find("JsonSerializable").expect("PHP has JsonSerializable")
}

fn register() -> Result<()> {
    base().register()?;
    family::<Input>()?;
    family::<Token>()?;
    family::<Template>()?;
    family::<Metadata>()?;
    family::<Request>()?;
    family::<Decision>()?;
    family::<Grant>()?;
    family::<Api>()?;
    family::<Internal>()
}

fn family<T: RegisteredClass>() -> Result<()> {
    let base = || Base::get_metadata().ce();
    class::<T>().extends((base, "JitApprovals\\Exception")).register()
}

fn class<T: RegisteredClass>() -> ClassBuilder {
    ClassBuilder::new(T::CLASS_NAME).registration(|entry, arguments| {
        T::get_metadata().set_ce(entry);
        T::get_metadata().set_arg_info(arguments);
    })
}

fn base() -> ClassBuilder {
    let nullable = |name, ty| Arg::new(name, ty).allow_null().default("null");
    let construct = FunctionBuilder::new("__construct", construct)
        .arg(Arg::new("message", DataType::String).default("''"))
        .arg(Arg::new("errorCode", DataType::String).default("''"))
        .arg(nullable("field", DataType::String))
        .arg(nullable("inputLine", DataType::Long))
        .arg(nullable("inputColumn", DataType::Long))
        .required_args(0);
    let returns =
        |name: &str, handler, ty, nullable| FunctionBuilder::new(name, handler).returns(ty, false, nullable);
    let public = MethodFlags::Public;
    let mut class = class::<Base>()
        .extends((ce::exception, "\\Exception"))
        .implements((json_serializable, "\\JsonSerializable"))
        .method(construct, public)
        .method(returns("getErrorCode", get_error_code, DataType::String, false), public)
        .method(returns("getFamily", get_family, DataType::String, false), public)
        .method(returns("getStatus", get_status, DataType::Long, false), public)
        .method(returns("getField", get_field, DataType::String, true), public)
        .method(returns("getInputLine", get_input_line, DataType::Long, true), public)
        .method(returns("getInputColumn", get_input_column, DataType::Long, true), public)
        .method(returns("jsonSerialize", json_serialize, DataType::Array, false), public);
    for name in ["errorCode", "field", "inputLine", "inputColumn"] {
        class = class.property(ClassProperty {
            name: name.to_owned(),
            flags: PropertyFlags::Private,
            default: None,
            docs: &[],
            ty: None,
            nullable: true,
            readonly: false,
            default_stub: None,
        });
    }
    class
}

zend_fastcall! {
    extern fn construct(ex: &mut ExecuteData, _returned: &mut Zval) {
        run_handler(AssertUnwindSafe(|| {
            let mut message = Arg::new("message", DataType::String);
            let mut code = Arg::new("errorCode", DataType::String);
            let mut field = Arg::new("field", DataType::String).allow_null();
            let mut line = Arg::new("inputLine", DataType::Long).allow_null();
            let mut column = Arg::new("inputColumn", DataType::Long).allow_null();
            let (parser, this) = ex.parser_object();
            let parsed = parser
                .arg(&mut message)
                .arg(&mut code)
                .arg(&mut field)
                .arg(&mut line)
                .arg(&mut column)
                .required_args(0)
                .parse();
            let (Ok(()), Some(this)) = (parsed, this) else { return };
            let code: String = code.val().unwrap_or_default();
            let (line, column): (Option<i64>, Option<i64>) = (line.val().flatten(), column.val().flatten());
            let mut text: String = message.val().unwrap_or_default();
            if let (Some(line), Some(column)) = (line, column) {
                text = format!("{text} at line {line} column {column}");
            }
            let field: Option<String> = field.val().flatten();
            let number = row(&code).map_or(0, |code| i64::from(code.number()));
            let set = || -> Result<()> {
                this.set_property("message", text)?;
                this.set_property("code", number)?;
                this.set_property("errorCode", code)?;
                this.set_property("field", field)?;
                this.set_property("inputLine", line)?;
                this.set_property("inputColumn", column)
            };
            if let Err(problem) = { set }() {
                PhpException::from_message(problem.to_string()).throw();
            }
        }));
    }
}

/// The row of the catalogue with this code.
fn row(code: &str) -> Option<jit_approvals::ErrorCode> {
    jit_approvals::ErrorCode::ALL.iter().copied().find(|row| row.as_str() == code)
}

/// Defines a method without arguments, which returns what an expression makes of the exception.
macro_rules! getter {
    ($name:ident, $this:ident => $value:expr) => {
        zend_fastcall! {
            extern fn $name(ex: &mut ExecuteData, returned: &mut Zval) {
                run_handler(AssertUnwindSafe(|| {
                    let (parser, this) = ex.parser_object();
                    let (Ok(()), Some($this)) = (parser.parse(), this) else { return };
                    if let Err(problem) = ext_php_rs::convert::IntoZval::set_zval($value, returned, false) {
                        PhpException::from_message(problem.to_string()).throw();
                    }
                }));
            }
        }
    };
}

getter!(get_error_code, this => code(this));
getter!(get_family, this => row(&code(this)).map_or("internal", |code| code.family().as_str()));
getter!(get_status, this => row(&code(this)).map_or(500, |code| i64::from(code.status())));
getter!(get_field, this => member::<String>(this, "field"));
getter!(get_input_line, this => member::<i64>(this, "inputLine"));
getter!(get_input_column, this => member::<i64>(this, "inputColumn"));
getter!(json_serialize, this => record(this));

fn code(this: &ZendObject) -> String {
    member(this, "errorCode").unwrap_or_default()
}

fn member<T>(this: &ZendObject, name: &str) -> Option<T>
where
    T: for<'a> ext_php_rs::convert::FromZval<'a>,
{
    this.get_property::<Option<T>>(name).ok().flatten()
}

/// The record of the error, as in the HTTP API.
fn record(this: &ZendObject) -> ext_php_rs::boxed::ZBox<ZendHashTable> {
    let mut record = ZendHashTable::new();
    let code = code(this);
    let known = row(&code);
    let mut fill = || -> Result<()> {
        record.insert("number", known.map_or(0, |code| i64::from(code.number())))?;
        record.insert("code", code.as_str())?;
        record.insert("family", known.map_or("internal", |code| code.family().as_str()))?;
        record.insert("status", known.map_or(500, |code| i64::from(code.status())))?;
        record.insert("message", member::<String>(this, "message").unwrap_or_default())?;
        if let Some(field) = member::<String>(this, "field") {
            record.insert("field", field)?;
        }
        for (name, property) in [("line", "inputLine"), ("column", "inputColumn")] {
            if let Some(value) = member::<i64>(this, property) {
                record.insert(name, value)?;
            }
        }
        Ok(())
    };
    // Only a value that PHP cannot hold would fail, and there is none.
    let _ = fill();
    record
}
