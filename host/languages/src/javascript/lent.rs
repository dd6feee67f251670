//! Gives back what a trainer in JavaScript is lent. The contract lends it the dataset for one call
//! of `fit`; componentize-qjs 0.4.5 gives it back too late, when the host asks it to clean up after
//! that call, and a host that keeps to the canonical ABI ends the instance before that.
//!
//! The module in question, which wit-dylib generates, gets two functions more: one that calls `fit`
//! and gives the dataset back, and one that does nothing in the place of the function that would
//! give it back a second time. No other dataset is ever held, so nothing else is lost with it.

use std::{borrow::Cow, convert::Infallible};

use wasm_encoder::{
    CodeSection, Component, ComponentSectionId, Elements, ExportKind, ExportSection, Function,
    FunctionSection, Module, ModuleSection, RawSection, TypeSection, ValType,
    reencode::{Error, Reencode, ReencodeComponent, component_utils, utils},
};
use wasmparser::{BinaryReaderError, ElementItems, Export, ExternalKind, Parser, Payload, TypeRef};

type Result<T, E = Error> = std::result::Result<T, E>;

/// A component of a trainer that gives its dataset back in time; others stay as they are.
pub(super) fn given_back(component: &[u8]) -> Result<Vec<u8>> {
    let mut made = Component::new();
    let parser = Parser::new(0);
    component_utils::parse_component(&mut Modules, &mut made, parser, component, component)?;
    Ok(made.finish())
}

/// Looks at every module, and changes the one that calls `fit`.
struct Modules;

impl Reencode for Modules {
    type Error = Infallible;
}

impl ReencodeComponent for Modules {
    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        parser: Parser,
        module: &[u8],
    ) -> Result<()> {
        match Caller::find(module)? {
            Some(mut caller) => {
                let mut changed = Module::new();
                utils::parse_core_module(&mut caller, &mut changed, parser, module)?;
                component.section(&ModuleSection(&changed));
            }
            None => {
                component.section(&RawSection {
                    id: ComponentSectionId::CoreModule as u8,
                    data: module,
                });
            }
        }
        Ok(())
    }
}

/// The module that calls `fit`.
#[derive(Default)]
struct Caller {
    /// The index of the function that calls it.
    fit: u32,
    /// The index of the imported function that gives a dataset back.
    drop: u32,
    types: u32,
    functions: u32,
}

impl Caller {
    fn find(module: &[u8]) -> Result<Option<Self>, BinaryReaderError> {
        let (mut caller, mut drop, mut fit) = (Self::default(), None, None);
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    for group in section {
                        caller.types += group?.types().len() as u32;
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        if matches!(import.ty, TypeRef::Func(_)) {
                            if is_drop(import.module, import.name) {
                                drop = Some(caller.functions);
                            }
                            caller.functions += 1;
                        }
                    }
                }
                Payload::FunctionSection(section) => caller.functions += section.count(),
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if is_fit(&export) {
                            fit = Some(export.index);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(drop.zip(fit).map(|(drop, fit)| Self {
            drop,
            fit,
            ..caller
        }))
    }

    /// The index of the function that does nothing.
    fn nothing(&self) -> u32 {
        self.functions
    }

    /// The index of the function that calls `fit` and gives the dataset back.
    fn call(&self) -> u32 {
        self.functions + 1
    }
}

fn is_drop(module: &str, name: &str) -> bool {
    module.starts_with("mlhost:plugin/data@") && name == "[resource-drop]dataset"
}

fn is_fit(export: &Export<'_>) -> bool {
    export.kind == ExternalKind::Func
        && export.name.starts_with("mlhost:plugin/fit@")
        && export.name.ends_with("#[method]trainer.fit")
}

impl Reencode for Caller {
    type Error = Infallible;

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Result<()> {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([ValType::I32], []);
        types.ty().function([ValType::I32; 2], [ValType::I32]);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Result<()> {
        utils::parse_function_section(self, functions, section)?;
        functions.function(self.types).function(self.types + 1);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Result<()> {
        utils::parse_code_section(self, code, section)?;
        let mut nothing = Function::new([]);
        nothing.instructions().end();
        // The trainer and the dataset come in, and the place of the result goes out.
        let mut call = Function::new([]);
        let mut body = call.instructions();
        body.local_get(0).local_get(1).call(self.fit);
        body.local_get(1).call(self.drop).end();
        code.function(&nothing).function(&call);
        Ok(())
    }

    fn parse_export(&mut self, exports: &mut ExportSection, export: Export<'_>) -> Result<()> {
        if !is_fit(&export) {
            return utils::parse_export(self, exports, export);
        }
        exports.export(export.name, ExportKind::Func, self.call());
        Ok(())
    }

    fn element_items<'a>(&mut self, items: ElementItems<'a>) -> Result<Elements<'a>> {
        let ElementItems::Functions(functions) = items else {
            return utils::element_items(self, items);
        };
        let mut kept = vec![];
        for function in functions {
            let function = function?;
            kept.push(match function == self.drop {
                true => self.nothing(),
                false => function,
            });
        }
        Ok(Elements::Functions(Cow::Owned(kept)))
    }
}
