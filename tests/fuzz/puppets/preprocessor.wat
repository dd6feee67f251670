;; A preprocessor that does nothing of its own: the state that it is given becomes its memory from
;; 65536 on. There is the output that it announces, and behind it the seven words of the batch that
;; it emits.
(module
  (import "mlhost:plugin/output@0.1.0" "emit"
    (func $emit (param i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "[export]mlhost:plugin/transform@0.1.0" "[resource-new]transformer"
    (func $new (param i32) (result i32)))
  (memory (export "memory") 4)
  (global $next (mut i32) (i32.const 8192))

  (data (i32.const 1024) "")

  (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $next))
    (if (i32.gt_u (local.get $size) (i32.sub (i32.const 60000) (local.get $at))) (then unreachable))
    (global.set $next
      (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (local.get $at))

  (func (export "mlhost:plugin/describe@0.1.0#describe") (result i32) (i32.const 1024))

  ;; `ok` of a new transformer.
  (func (export "mlhost:plugin/transform@0.1.0#[static]transformer.open")
    (param i32 i32) (param $state i32) (param $length i32) (param i32 i32) (result i32)
    (memory.copy (i32.const 65536) (local.get $state) (local.get $length))
    (i32.store8 (i32.const 64) (i32.const 0))
    (i32.store (i32.const 68) (call $new (i32.const 1)))
    (i32.const 64))

  ;; No columns: an empty list.
  (func (export "mlhost:plugin/transform@0.1.0#[method]transformer.columns") (param i32) (result i32)
    (i32.const 96))

  (func (export "mlhost:plugin/transform@0.1.0#[method]transformer.output") (param i32) (result i32)
    (i32.const 65536))

  (func (export "mlhost:plugin/transform@0.1.0#[method]transformer.apply")
    (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $emit
      (i32.load (i32.const 65552)) (i32.load (i32.const 65556)) (i32.load (i32.const 65560))
      (i32.load (i32.const 65564)) (i32.load (i32.const 65568)) (i32.load (i32.const 65572))
      (i32.load (i32.const 65576)) (i32.const 512))
    ;; `ok`.
    (i32.const 128))

  (func (export "mlhost:plugin/transform@0.1.0#[method]transformer.finish") (param i32) (result i32)
    (i32.const 128))

  (func (export "mlhost:plugin/fold@0.1.0#[static]folder.open") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "mlhost:plugin/fold@0.1.0#[method]folder.columns") (param i32) (result i32) unreachable)
  (func (export "mlhost:plugin/fold@0.1.0#[method]folder.update") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "mlhost:plugin/fold@0.1.0#[method]folder.merge") (param i32 i32 i32) (result i32) unreachable)
  (func (export "mlhost:plugin/fold@0.1.0#[method]folder.state") (param i32) (result i32) unreachable)
)
