//! Diagnostics as text, in the shape that rustc made familiar: the message, the place, the line
//! with the mistake underlined, and after a blank line what to do.

use annotate_snippets::renderer::DEFAULT_HELP_STYLE;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};
use crate::sources::Sources;

/// The diagnostics one after the other, with a blank line between them and no line break at the
/// end.
pub(crate) fn render(sources: &Sources, diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let rendered: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| render_one(sources, diagnostic, &renderer, colour))
        .collect();
    rendered.join("\n\n")
}

fn render_one(
    sources: &Sources,
    diagnostic: &Diagnostic,
    renderer: &Renderer,
    colour: bool,
) -> String {
    let excerpt = renderer.render(&[group(sources, diagnostic)]);
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

fn group<'a>(sources: &'a Sources, diagnostic: &'a Diagnostic) -> Group<'a> {
    let title = Level::ERROR.primary_title(&diagnostic.message);
    let Some(span) = &diagnostic.span else {
        return title.element(Origin::path(sources.first().name()));
    };
    let (source, place) = located(sources, span);
    let primary = AnnotationKind::Primary
        .span(place)
        .label(diagnostic.label.as_deref());
    let mut snippet = excerpt(source).annotation(primary);
    let mut elsewhere = Vec::new();
    for related in &diagnostic.related {
        let (other, place) = located(sources, &related.span);
        let annotation = AnnotationKind::Context
            .span(place)
            .label(related.label.as_str());
        if std::ptr::eq(other, source) {
            snippet = snippet.annotation(annotation);
        } else {
            elsewhere.push(excerpt(other).annotation(annotation));
        }
    }
    elsewhere
        .into_iter()
        .fold(title.element(snippet), Group::element)
}

fn excerpt(source: &Source) -> Snippet<'_, Annotation<'_>> {
    Snippet::source(source.text()).path(source.name())
}

/// The source of a place, and the part of the place on its first line there.
fn located<'a>(sources: &'a Sources, span: &Span) -> (&'a Source, Span) {
    let (source, start) = sources.locate(span.start);
    let end = start + (span.end - span.start);
    (source, source.first_line(&(start..end)))
}
