// The interfaces that the contract wants, over `mlhost_this`: decode, call, encode.
//
// What the host hands over belongs to the plugin and is freed here; what is handed back is freed by
// the bindings.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

void exports_mlhost_plugin_describe_describe(exports_mlhost_plugin_describe_description_t *ret) {
  ret->name = mlhost_contract_string(mlhost_this.name);
  ret->kind = mlhost_contract_string(MLHOST_KIND);
  ret->summary = mlhost_contract_string(mlhost_this.summary);
  ret->params_schema = mlhost_contract_string(mlhost_this.params_schema);
  ret->contract = mlhost_contract_string("0.1.0");
}

// A part of a plugin, with the columns that it wants.
typedef struct {
  void *self;
  mlhost_wanted wanted;
  mlhost_schema columns;
  mlhost_output output;
} part;

typedef void *(*open_part)(const mlhost_json *, const mlhost_schema *, mlhost_reader, part *);

static void part_free(part *part, void (*close)(void *)) {
  if (part->self && close) close(part->self);
  mlhost_wanted_free(&part->wanted);
  mlhost_schema_free(&part->columns);
  mlhost_output_free(&part->output);
  free(part);
}

static part *part_open(contract_string_t *text, mlhost_plugin_arrow_schema_t *flat,
                       mlhost_reader state, open_part open, void (*close)(void *)) {
  part *opened = mlhost_allocate(1, sizeof *opened);
  mlhost_json *params = mlhost_params(*text);
  mlhost_schema input = mlhost_schema_in(flat);
  if (params) opened->self = open(params, &input, state, opened);
  bool is_open = opened->self && mlhost_project(&input, &opened->wanted, &opened->columns);
  mlhost_schema_free(&input);
  mlhost_json_free(params);
  contract_string_free(text);
  mlhost_plugin_arrow_schema_free(flat);
  if (is_open) return opened;
  part_free(opened, close);
  return NULL;
}

static void columns_out(const part *part, contract_list_string_t *ret) {
  ret->len = part->wanted.length;
  ret->ptr = ret->len ? mlhost_allocate(ret->len, sizeof *ret->ptr) : NULL;
  for (size_t i = 0; i < ret->len; i++)
    ret->ptr[i] = mlhost_contract_string(part->wanted.names[i]);
}

#if MLHOST_HAS_FIT || MLHOST_HAS_FOLD
static void bytes_out(mlhost_bytes bytes, contract_list_u8_t *ret) {
  *ret = (contract_list_u8_t){bytes.data, bytes.length};
  if (!bytes.length) free(bytes.data);
}
#endif

#if MLHOST_HAS_FOLD
static void *open_fold(const mlhost_json *params, const mlhost_schema *input, mlhost_reader state,
                       part *part) {
  (void)state;
  return mlhost_this.fold.open(params, input, &part->wanted);
}

bool exports_mlhost_plugin_fold_static_folder_open(
    contract_string_t *params, exports_mlhost_plugin_fold_schema_t *input,
    exports_mlhost_plugin_fold_own_folder_t *ret, exports_mlhost_plugin_fold_error_t *err) {
  mlhost_reader none = {0};
  part *opened = part_open(params, input, none, open_fold, mlhost_this.fold.close);
  if (opened)
    *ret = exports_mlhost_plugin_fold_folder_new((exports_mlhost_plugin_fold_folder_t *)opened);
  else
    mlhost_take_error(err);
  return opened != NULL;
}

void exports_mlhost_plugin_fold_method_folder_columns(
    exports_mlhost_plugin_fold_borrow_folder_t self, contract_list_string_t *ret) {
  columns_out((part *)self, ret);
}

bool exports_mlhost_plugin_fold_method_folder_update(
    exports_mlhost_plugin_fold_borrow_folder_t self, exports_mlhost_plugin_fold_batch_t *rows,
    exports_mlhost_plugin_fold_error_t *err) {
  part *folder = (part *)self;
  mlhost_batch batch;
  bool done = mlhost_batch_in(&folder->columns, rows, &batch);
  if (done) {
    done = mlhost_this.fold.update(folder->self, &batch);
    mlhost_batch_free(&batch);
  }
  mlhost_plugin_arrow_batch_free(rows);
  if (!done) mlhost_take_error(err);
  return done;
}

bool exports_mlhost_plugin_fold_method_folder_merge(
    exports_mlhost_plugin_fold_borrow_folder_t self, contract_list_u8_t *later,
    exports_mlhost_plugin_fold_error_t *err) {
  mlhost_reader reader = {later->ptr, later->len};
  bool done = mlhost_this.fold.merge(((part *)self)->self, reader);
  contract_list_u8_free(later);
  if (!done) mlhost_take_error(err);
  return done;
}

bool exports_mlhost_plugin_fold_method_folder_state(
    exports_mlhost_plugin_fold_borrow_folder_t self, contract_list_u8_t *ret,
    exports_mlhost_plugin_fold_error_t *err) {
  mlhost_bytes bytes = {0};
  bool done = mlhost_this.fold.state(((part *)self)->self, &bytes);
  if (done) {
    bytes_out(bytes, ret);
  } else {
    mlhost_bytes_free(&bytes);
    mlhost_take_error(err);
  }
  return done;
}

void exports_mlhost_plugin_fold_folder_destructor(exports_mlhost_plugin_fold_folder_t *rep) {
  part_free((part *)rep, mlhost_this.fold.close);
}
#endif

#if MLHOST_HAS_TRANSFORM
static void *open_transform(const mlhost_json *params, const mlhost_schema *input,
                            mlhost_reader state, part *part) {
  return mlhost_this.transform.open(params, state, input, &part->wanted, &part->output);
}

bool exports_mlhost_plugin_transform_static_transformer_open(
    contract_string_t *params, contract_list_u8_t *state,
    exports_mlhost_plugin_transform_schema_t *input,
    exports_mlhost_plugin_transform_own_transformer_t *ret,
    exports_mlhost_plugin_transform_error_t *err) {
  mlhost_reader reader = {state->ptr, state->len};
  part *opened = part_open(params, input, reader, open_transform, mlhost_this.transform.close);
  contract_list_u8_free(state);
  if (opened)
    *ret = exports_mlhost_plugin_transform_transformer_new(
        (exports_mlhost_plugin_transform_transformer_t *)opened);
  else
    mlhost_take_error(err);
  return opened != NULL;
}

void exports_mlhost_plugin_transform_method_transformer_columns(
    exports_mlhost_plugin_transform_borrow_transformer_t self, contract_list_string_t *ret) {
  columns_out((part *)self, ret);
}

static size_t count(const mlhost_field *fields, size_t length) {
  size_t all = length;
  for (size_t i = 0; i < length; i++) {
    all += count(fields[i].children, fields[i].children_length);
    if (fields[i].dictionary) all += count(fields[i].dictionary, 1);
  }
  return all;
}

static mlhost_plugin_arrow_field_t *fields_out(const mlhost_field *fields, size_t length,
                                               mlhost_plugin_arrow_field_t *to) {
  for (size_t i = 0; i < length; i++) {
    const mlhost_field *from = &fields[i];
    mlhost_plugin_arrow_field_flags_t flags = 0;
    if (from->nullable) flags |= MLHOST_PLUGIN_ARROW_FIELD_FLAGS_NULLABLE;
    if (from->dictionary_ordered) flags |= MLHOST_PLUGIN_ARROW_FIELD_FLAGS_DICTIONARY_ORDERED;
    if (from->keys_sorted) flags |= MLHOST_PLUGIN_ARROW_FIELD_FLAGS_MAP_KEYS_SORTED;
    *to++ = (mlhost_plugin_arrow_field_t){
        .name = mlhost_contract_string(from->name),
        .format = mlhost_contract_string(from->format),
        .flags = flags,
        .children = (uint32_t)from->children_length,
        .dictionary = from->dictionary != NULL,
    };
    to = fields_out(from->children, from->children_length, to);
    if (from->dictionary) to = fields_out(from->dictionary, 1, to);
  }
  return to;
}

void exports_mlhost_plugin_transform_method_transformer_output(
    exports_mlhost_plugin_transform_borrow_transformer_t self,
    exports_mlhost_plugin_transform_output_description_t *ret) {
  const mlhost_output *output = &((part *)self)->output;
  size_t length = count(output->fields, output->fields_length);
  ret->schema.len = length;
  ret->schema.ptr = length ? mlhost_allocate(length, sizeof *ret->schema.ptr) : NULL;
  fields_out(output->fields, output->fields_length, ret->schema.ptr);
  ret->row_wise = !output->all_rows;
}

bool exports_mlhost_plugin_transform_method_transformer_apply(
    exports_mlhost_plugin_transform_borrow_transformer_t self,
    exports_mlhost_plugin_transform_batch_t *rows, exports_mlhost_plugin_transform_error_t *err) {
  part *transformer = (part *)self;
  mlhost_batch batch;
  bool done = mlhost_batch_in(&transformer->columns, rows, &batch);
  if (done) {
    done = mlhost_this.transform.apply(transformer->self, &batch, &transformer->output);
    mlhost_output_clear(&transformer->output);
    mlhost_batch_free(&batch);
  }
  mlhost_plugin_arrow_batch_free(rows);
  if (!done) mlhost_take_error(err);
  return done;
}

bool exports_mlhost_plugin_transform_method_transformer_finish(
    exports_mlhost_plugin_transform_borrow_transformer_t self,
    exports_mlhost_plugin_transform_error_t *err) {
  part *transformer = (part *)self;
  bool done = !mlhost_this.transform.finish ||
              mlhost_this.transform.finish(transformer->self, &transformer->output);
  mlhost_output_clear(&transformer->output);
  if (!done) mlhost_take_error(err);
  return done;
}

void exports_mlhost_plugin_transform_transformer_destructor(
    exports_mlhost_plugin_transform_transformer_t *rep) {
  part_free((part *)rep, mlhost_this.transform.close);
}
#endif

#if MLHOST_HAS_FIT
struct mlhost_dataset {
  mlhost_plugin_data_borrow_dataset_t host;
  mlhost_schema schema;
};

struct mlhost_scan {
  mlhost_plugin_data_own_scan_t host;
  const mlhost_schema *schema;
  mlhost_plugin_arrow_batch_t flat;
  mlhost_batch batch;
  bool holds_batch;
};

mlhost_scan *mlhost_scan_open(const mlhost_dataset *dataset) {
  mlhost_plugin_data_own_scan_t host;
  mlhost_plugin_data_error_t error;
  if (!mlhost_plugin_data_method_dataset_scan(dataset->host, &host, &error)) {
    mlhost_error_from_host(&error);
    return NULL;
  }
  mlhost_scan *scan = mlhost_allocate(1, sizeof *scan);
  scan->host = host;
  scan->schema = &dataset->schema;
  return scan;
}

static void scan_clear(mlhost_scan *scan) {
  if (!scan->holds_batch) return;
  mlhost_batch_free(&scan->batch);
  mlhost_plugin_arrow_batch_free(&scan->flat);
  scan->holds_batch = false;
}

const mlhost_batch *mlhost_scan_next(mlhost_scan *scan, bool *failed) {
  scan_clear(scan);
  *failed = false;
  mlhost_plugin_data_option_batch_t next;
  mlhost_plugin_data_error_t error;
  mlhost_plugin_data_borrow_scan_t host = mlhost_plugin_data_borrow_scan(scan->host);
  if (!mlhost_plugin_data_method_scan_next(host, &next, &error)) {
    *failed = !mlhost_error_from_host(&error);
    return NULL;
  }
  if (!next.is_some) return NULL;
  scan->flat = next.val;
  scan->holds_batch = mlhost_batch_in(scan->schema, &scan->flat, &scan->batch);
  *failed = !scan->holds_batch;
  return *failed ? NULL : &scan->batch;
}

void mlhost_scan_close(mlhost_scan *scan) {
  scan_clear(scan);
  mlhost_plugin_data_scan_drop_own(scan->host);
  free(scan);
}

static void *open_fit(const mlhost_json *params, const mlhost_schema *input, mlhost_reader state,
                      part *part) {
  (void)state;
#if !MLHOST_HAS_REPORT
  if (mlhost_this.explain) {
    mlhost_failed("`explain` in `mlhost_this` needs `explains = true` in plugin.toml");
    return NULL;
  }
#endif
  return mlhost_this.fit.open(params, input, &part->wanted);
}

bool exports_mlhost_plugin_fit_static_trainer_open(
    contract_string_t *params, exports_mlhost_plugin_fit_schema_t *input,
    exports_mlhost_plugin_fit_own_trainer_t *ret, exports_mlhost_plugin_fit_error_t *err) {
  mlhost_reader none = {0};
  part *opened = part_open(params, input, none, open_fit, mlhost_this.fit.close);
  if (opened)
    *ret = exports_mlhost_plugin_fit_trainer_new((exports_mlhost_plugin_fit_trainer_t *)opened);
  else
    mlhost_take_error(err);
  return opened != NULL;
}

void exports_mlhost_plugin_fit_method_trainer_columns(
    exports_mlhost_plugin_fit_borrow_trainer_t self, contract_list_string_t *ret) {
  columns_out((part *)self, ret);
}

bool exports_mlhost_plugin_fit_method_trainer_fit(
    exports_mlhost_plugin_fit_borrow_trainer_t self,
    exports_mlhost_plugin_fit_borrow_dataset_t rows, contract_list_u8_t *ret,
    exports_mlhost_plugin_fit_error_t *err) {
  mlhost_plugin_data_schema_t flat;
  mlhost_plugin_data_method_dataset_schema(rows, &flat);
  mlhost_dataset dataset = {rows, mlhost_schema_in(&flat)};
  mlhost_plugin_arrow_schema_free(&flat);
  mlhost_bytes bytes = {0};
  bool done = mlhost_this.fit.fit(((part *)self)->self, &dataset, &bytes);
  mlhost_schema_free(&dataset.schema);
  mlhost_plugin_data_dataset_drop_borrow(rows);
  if (done) {
    bytes_out(bytes, ret);
  } else {
    mlhost_bytes_free(&bytes);
    mlhost_take_error(err);
  }
  return done;
}

void exports_mlhost_plugin_fit_trainer_destructor(exports_mlhost_plugin_fit_trainer_t *rep) {
  part_free((part *)rep, mlhost_this.fit.close);
}
#endif
