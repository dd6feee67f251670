//! Diagnostics as text, in the shape that rustc made familiar: the message, the place, the line
//! with the mistake underlined, and after a blank line what to do.

use annotate_snippets::renderer::DEFAULT_HELP_STYLE;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::Diagnostic;
use crate::source::Source;

/// The diagnostics one after the other, with a blank line between them and no line break at the
/// end.
pub(crate) fn render(source: &Source, diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let rendered: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| render_one(source, diagnostic, &renderer, colour))
        .collect();
    rendered.join("\n\n")
}

fn render_one(
    source: &Source,
    diagnostic: &Diagnostic,
    renderer: &Renderer,
    colour: bool,
) -> String {
    let excerpt = renderer.render(&[group(source, diagnostic)]);
    // The renderer pads the line of an underlining; trailing blanks are noise in logs and tests.
    let mut text = excerpt
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n");
    if let Some(hint) = &diagnostic.hint {
        let style = DEFAULT_HELP_STYLE;
        text += &if colour {
            format!("\n\n{style}hint{style:#}: {hint}")
        } else {
            format!("\n\nhint: {hint}")
        };
    }
    text
}

fn group<'a>(source: &'a Source, diagnostic: &'a Diagnostic) -> Group<'a> {
    let title = Level::ERROR.primary_title(&diagnostic.message);
    let Some(span) = &diagnostic.span else {
        return title.element(Origin::path(source.name()));
    };
    let primary = AnnotationKind::Primary
        .span(source.first_line(span))
        .label(diagnostic.label.as_deref());
    let related = diagnostic.related.iter().map(|related| {
        AnnotationKind::Context
            .span(source.first_line(&related.span))
            .label(related.label.as_str())
    });
    title.element(
        Snippet::source(source.text())
            .path(source.name())
            .annotation(primary)
            .annotations(related),
    )
}
