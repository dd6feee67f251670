// The verdict that follows from findings.

export function outcomeOf(findings, summary, metrics = []) {
  const open = findings.filter((finding) => !finding.passed);
  const isError = (finding) => (finding.severity ?? "error") === "error";
  const verdict = open.some(isError) ? "failed" : open.length > 0 ? "warned" : "passed";
  return { verdict, summary, findings, metrics, figures: [] };
}
