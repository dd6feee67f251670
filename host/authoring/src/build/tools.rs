//! The programs that builds run, and how to install each.

/// How to install a program, as a command where there is one.
pub(super) fn installed_by(tool: &str) -> String {
    let command = match tool {
        "cargo" | "rustc" => {
            return "install Rust with rustup, then run `rustup target add \
                    wasm32-unknown-unknown`"
                .to_owned();
        }
        "componentize-py" => "pip install componentize-py",
        "componentize-qjs" => "npm install --global componentize-qjs",
        "componentize-js" => "npm install --global @bytecodealliance/componentize-js",
        "jco" => "npm install --global @bytecodealliance/jco",
        "npm" | "npx" | "node" => "apt-get install npm",
        "esbuild" => "npm install --global esbuild",
        "wit-bindgen" => "cargo install wit-bindgen-cli",
        "wasm-tools" => "cargo install wasm-tools",
        tool if tool.starts_with("clang") || tool.starts_with("wasm-ld") => {
            "apt-get install clang lld wasi-libc"
        }
        tool => return format!("install `{tool}` and see that it is on the PATH"),
    };
    format!("install it with `{command}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_says_how_to_get_it() {
        assert_eq!(
            installed_by("componentize-py"),
            "install it with `pip install componentize-py`"
        );
        assert_eq!(
            installed_by("clang-22"),
            "install it with `apt-get install clang lld wasi-libc`"
        );
        assert_eq!(
            installed_by("make"),
            "install `make` and see that it is on the PATH"
        );
    }
}
