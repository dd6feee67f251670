;; What crosses the boundary: addresses, lengths, tags and texts that no compiler would write, and
;; what the canonical ABI calls by itself.

;;; result-beyond-memory at folder-columns
(func $folder_columns (param i32) (result i32) (i32.const 0x7ffffff0))

;;; result-at-the-end-of-memory at folder-columns
(func $folder_columns (param i32) (result i32) (i32.const 0x1fffc))

;;; result-out-of-line at folder-columns
(func $folder_columns (param i32) (result i32) (i32.const 1025))

;;; list-beyond-memory at folder-columns
(func $one_column (result i32)
    (call $pair (i32.const 1024) (i32.const 0x7ffffff0) (i32.const 1))
    (i32.const 1024))

;;; list-out-of-line at folder-columns
(func $one_column (result i32)
    (call $pair (i32.const 1024) (i32.const 1026) (i32.const 1))
    (i32.const 1024))

;;; list-of-2-to-the-28 at folder-columns
(func $one_column (result i32)
    (call $pair (i32.const 1024) (i32.const 1032) (i32.const 0x10000000))
    (i32.const 1024))

;; Eight bytes times the length is nothing, in 32 bits.
;;; list-whose-size-wraps at folder-columns
(func $one_column (result i32)
    (call $pair (i32.const 1024) (i32.const 1032) (i32.const 0x20000000))
    (i32.const 1024))

;;; list-of-minus-one at folder-columns
(func $one_column (result i32)
    (call $pair (i32.const 1024) (i32.const 1032) (i32.const -1))
    (i32.const 1024))

;;; text-of-2-to-the-28 at folder-columns
(func $one_column (result i32)
    (call $pair (i32.const 1024) (i32.const 1032) (i32.const 1))
    (call $pair (i32.const 1032) (i32.const 26) (i32.const 0x10000000))
    (i32.const 1024))

;;; text-that-is-not-utf-8 at folder-columns
(data $odd (i32.const 2048) "\c3\28")
(func $one_column (result i32)
    (call $pair (i32.const 1024) (i32.const 1032) (i32.const 1))
    (call $pair (i32.const 1032) (i32.const 2048) (i32.const 2))
    (i32.const 1024))

;; A hundred thousand fields with the same hundred thousand entries of metadata, which are empty.
;;; one-list-many-times at output
(memory $memory 128)
(func $output (param i32) (result i32)
    (local $at i32)
    (local.set $at (i32.const 65536))
    (loop $next
        (call $pair (local.get $at) (i32.const 26) (i32.const 1))
        (call $pair (i32.add (local.get $at) (i32.const 8)) (i32.const 28) (i32.const 1))
        (call $pair (i32.add (local.get $at) (i32.const 20)) (i32.const 6000000) (i32.const 100000))
        (local.set $at (i32.add (local.get $at) (i32.const 36)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 4000000))))
    (call $pair (i32.const 1024) (i32.const 65536) (i32.const 100000))
    (i32.store (i32.const 1032) (i32.const 1))
    (i32.const 1024))

;;; unknown-tag-of-a-result at state
(func $state (param i32) (result i32)
    (drop (call $ok (i32.const 0) (i32.const 4)))
    (i32.store (i32.const 1024) (i32.const 7))
    (i32.const 1024))

;; An error whose pointer into the parameters is neither there nor not.
;;; unknown-tag-of-an-option at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.store (i32.const 1024) (i32.const 1))
    (call $pair (i32.const 1028) (i32.const 42) (i32.const 6))
    (call $pair (i32.const 1036) (i32.const 49) (i32.const 3))
    (i32.store (i32.const 1044) (i32.const 2))
    (i32.const 1024))

;; A field both nullable and much that no flag stands for.
;;; unknown-flags at output
(func $output (param i32) (result i32)
    (call $pair (i32.const 1024) (i32.const 1040) (i32.const 1))
    (i32.store (i32.const 1032) (i32.const 255))
    (call $pair (i32.const 1040) (i32.const 26) (i32.const 1))
    (call $pair (i32.const 1048) (i32.const 28) (i32.const 1))
    (i32.store (i32.const 1056) (i32.const -1))
    (call $pair (i32.const 1060) (i32.const 0) (i32.const 0))
    (call $pair (i32.const 1068) (i32.const 0) (i32.const 0))
    (i32.const 1024))

;;; error-that-is-not-utf-8 at update
(data $odd (i32.const 2048) "\ff\fe\fd")
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.store (i32.const 1024) (i32.const 1))
    (call $pair (i32.const 1028) (i32.const 42) (i32.const 6))
    (call $pair (i32.const 1036) (i32.const 2048) (i32.const 3))
    (i32.store (i32.const 1044) (i32.const 0))
    (i32.const 1024))

;;; log-of-an-unknown-level at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $log (i32.const 99) (i32.const 0) (i32.const 4))
    (call $ok (i32.const 0) (i32.const 0)))

;;; log-beyond-memory at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $log (i32.const 0) (i32.const -16) (i32.const 15))
    (call $ok (i32.const 0) (i32.const 0)))

;;; emit-beyond-memory at apply
(func $apply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $emit (local.get 1) (i32.const 0x7ffffff0) (i32.const 1)
        (local.get 4) (local.get 5) (local.get 6) (local.get 7) (i32.const 1024))
    (i32.const 1024))

;; There is as much memory, and it is more than the host takes.
;;; emit-of-many-arrays at apply
(func $apply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (drop (memory.grow (i32.const 16000)))
    (call $emit (local.get 1) (i32.const 65536) (i32.const 0x07000000)
        (local.get 4) (local.get 5) (local.get 6) (local.get 7) (i32.const 1024))
    (i32.const 1024))

;; The answer of the host is to be written where no memory is.
;;; emit-answered-beyond-memory at apply
(func $apply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $emit (local.get 1) (local.get 2) (local.get 3)
        (local.get 4) (local.get 5) (local.get 6) (local.get 7) (i32.const 0x7ffffff0))
    (i32.const 1024))

;;; memory-beyond-memory at folder-open
(func $realloc (param i32 i32 i32 i32) (result i32) (i32.const 0x7fffff00))

;;; memory-at-minus-one at folder-open
(func $realloc (param i32 i32 i32 i32) (result i32) (i32.const -1))

;;; memory-out-of-line at folder-open
(func $realloc (param i32 i32 i32 i32) (result i32) (i32.const 4097))

;; Everything in the same place: the plugin hurts itself only.
;;; memory-always-the-same at apply
(memory $memory 32)
(func $realloc (param i32 i32 i32 i32) (result i32) (i32.const 65536))

;;; memory-that-traps at folder-open
(func $realloc (param i32 i32 i32 i32) (result i32) (unreachable))

;;; memory-that-takes-for-ever at folder-open within 50 ms
(func $realloc (param i32 i32 i32 i32) (result i32) (loop $again (br $again)) (unreachable))

;;; memory-that-calls-the-host at folder-open
(func $realloc (param i32 i32 i32 i32) (result i32)
    (call $log (i32.const 0) (i32.const 0) (i32.const 4))
    (i32.const 4096))

;;; trap-after-the-result at folder-columns
(export "cabi_post_mlhost:plugin/fold@0.1.0#[method]folder.columns" (func $post))
(func $post (param i32) (unreachable))

;;; loop-after-the-result at folder-columns within 50 ms
(export "cabi_post_mlhost:plugin/fold@0.1.0#[method]folder.columns" (func $post))
(func $post (param i32) (loop $again (br $again)))

;;; call-after-the-result at folder-columns
(export "cabi_post_mlhost:plugin/fold@0.1.0#[method]folder.columns" (func $post))
(func $post (param i32) (call $log (i32.const 0) (i32.const 0) (i32.const 4)))

;; The state is cleared away while it is being handed over.
;;; result-changed-after-it at state
(export "cabi_post_mlhost:plugin/fold@0.1.0#[method]folder.state" (func $post))
(func $post (param i32)
    (memory.fill (i32.const 0) (i32.const 255) (i32.const 65536)))
