;; A validator that does nothing of its own: what it describes is in its data, and what it reports is
;; the state that it is given, taken as its memory from 65536 on.
(module
  (memory (export "memory") 4)
  (global $next (mut i32) (i32.const 8192))

  ;; The description; the host's side writes it over this.
  (data (i32.const 1024) "")

  (func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $next))
    ;; The room below 65536 is all there is.
    (if (i32.gt_u (local.get $size) (i32.sub (i32.const 60000) (local.get $at))) (then unreachable))
    (global.set $next
      (i32.and (i32.add (i32.add (local.get $at) (local.get $size)) (i32.const 7)) (i32.const -8)))
    (local.get $at))

  (func (export "mlhost:plugin/describe@0.1.0#describe") (result i32) (i32.const 1024))

  (func (export "mlhost:plugin/report@0.1.0#assess") (param i32 i32) (param $states i32) (param i32) (result i32)
    (memory.copy
      (i32.const 65536)
      (i32.load offset=8 (local.get $states))
      (i32.load offset=12 (local.get $states)))
    (i32.const 65536))

  (func (export "mlhost:plugin/fold@0.1.0#[static]folder.open") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "mlhost:plugin/fold@0.1.0#[method]folder.columns") (param i32) (result i32) unreachable)
  (func (export "mlhost:plugin/fold@0.1.0#[method]folder.update") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32) unreachable)
  (func (export "mlhost:plugin/fold@0.1.0#[method]folder.merge") (param i32 i32 i32) (result i32) unreachable)
  (func (export "mlhost:plugin/fold@0.1.0#[method]folder.state") (param i32) (result i32) unreachable)
)
