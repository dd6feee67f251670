// An outcome in the making, and the interface `report`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#if MLHOST_HAS_REPORT
struct mlhost_outcome {
  exports_mlhost_plugin_report_outcome_t made;
  bool failed, warned;
};

void mlhost_add_finding(mlhost_outcome *outcome, mlhost_finding finding) {
  exports_mlhost_plugin_report_list_finding_t *all = &outcome->made.findings;
  all->ptr = realloc(all->ptr, (all->len + 1) * sizeof *all->ptr);
  if (!all->ptr) __builtin_trap();
  exports_mlhost_plugin_report_finding_t made = {
      .check = mlhost_contract_string(finding.check),
      .column.is_some = finding.column != NULL,
      .passed = finding.passed,
      .severity = mlhost_contract_string(finding.warn ? "warn" : "error"),
      .message = mlhost_contract_string(finding.message),
      .details = mlhost_contract_string(finding.details ? finding.details : "{}"),
  };
  if (finding.column) made.column.val = mlhost_contract_string(finding.column);
  all->ptr[all->len++] = made;
  outcome->failed |= !finding.passed && !finding.warn;
  outcome->warned |= !finding.passed && finding.warn;
}

static void add_metric(mlhost_outcome *outcome, const char *name, double value, const char *label,
                       const char *is) {
  exports_mlhost_plugin_report_list_metric_t *all = &outcome->made.metrics;
  all->ptr = realloc(all->ptr, (all->len + 1) * sizeof *all->ptr);
  if (!all->ptr) __builtin_trap();
  exports_mlhost_plugin_report_metric_t made = {mlhost_contract_string(name), value, {NULL, 0}};
  if (label) {
    made.labels.ptr = mlhost_allocate(1, sizeof *made.labels.ptr);
    made.labels.len = 1;
    made.labels.ptr->f0 = mlhost_contract_string(label);
    made.labels.ptr->f1 = mlhost_contract_string(is);
  }
  all->ptr[all->len++] = made;
}

void mlhost_add_metric(mlhost_outcome *outcome, const char *name, double value,
                       const char *better) {
  add_metric(outcome, name, value, better ? "better" : NULL, better);
}

void mlhost_add_labelled(mlhost_outcome *outcome, const char *name, double value,
                         const char *label, const char *is) {
  add_metric(outcome, name, value, label, is);
}

void mlhost_add_figure(mlhost_outcome *outcome, const char *name, const char *title,
                       const char *kind, const char *data) {
  exports_mlhost_plugin_report_list_figure_t *all = &outcome->made.figures;
  all->ptr = realloc(all->ptr, (all->len + 1) * sizeof *all->ptr);
  if (!all->ptr) __builtin_trap();
  all->ptr[all->len++] = (exports_mlhost_plugin_report_figure_t){
      .name = mlhost_contract_string(name),
      .title = mlhost_contract_string(title),
      .kind = mlhost_contract_string(kind),
      .data = mlhost_contract_string(data),
  };
}

void mlhost_summarise(mlhost_outcome *outcome, const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  free(outcome->made.summary.ptr);
  outcome->made.summary = mlhost_contract_string(text);
}

// What the plugin says of the states.
static bool judge(const mlhost_json *params, const mlhost_state *states, size_t length,
                  mlhost_outcome *outcome) {
#if MLHOST_HAS_FIT
  if (!mlhost_this.explain)
    return mlhost_failed("`explains = true` in plugin.toml needs `explain` in `mlhost_this`");
  for (size_t i = 0; i < length; i++)
    if (!strcmp(states[i].name, "model"))
      return mlhost_this.explain(params, states[i].state, outcome);
  return mlhost_failed("the state `model` is missing");
#else
  return mlhost_this.assess(params, states, length, outcome);
#endif
}

bool exports_mlhost_plugin_report_assess(contract_string_t *text,
                                         exports_mlhost_plugin_report_list_named_state_t *states,
                                         exports_mlhost_plugin_report_outcome_t *ret,
                                         exports_mlhost_plugin_report_error_t *err) {
  mlhost_json *params = mlhost_params(*text);
  mlhost_state *named = mlhost_allocate(states->len, sizeof *named);
  for (size_t i = 0; i < states->len; i++) {
    contract_list_u8_t state = states->ptr[i].state;
    named[i] = (mlhost_state){mlhost_c_string(states->ptr[i].name), {state.ptr, state.len}};
  }
  mlhost_outcome outcome = {0};
  outcome.made.summary = mlhost_contract_string("");
  bool done = params && judge(params, named, states->len, &outcome);
  for (size_t i = 0; i < states->len; i++) free((void *)named[i].name);
  free(named);
  mlhost_json_free(params);
  contract_string_free(text);
  exports_mlhost_plugin_report_list_named_state_free(states);
  const char *verdict = outcome.failed ? "failed" : outcome.warned ? "warned" : "passed";
  outcome.made.verdict = mlhost_contract_string(verdict);
  if (done) {
    *ret = outcome.made;
  } else {
    exports_mlhost_plugin_report_outcome_free(&outcome.made);
    mlhost_take_error(err);
  }
  return done;
}
#endif
