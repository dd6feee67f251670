;; What a processor would do: traps, loops and memory, also before any function is called.

;;; unreachable at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (unreachable))

;;; division-by-nothing at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.div_u (i32.const 1) (i32.const 0)))

;;; division-that-overflows at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.div_s (i32.const 0x80000000) (i32.const -1)))

;;; number-that-is-none at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.trunc_f64_s (f64.const nan)))

;;; load-beyond-memory at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i32.load offset=0xffffffff (i32.const -1)))

;;; store-before-memory at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (i64.store (i32.const -8) (i64.const 0))
    (i32.const 1024))

;;; call-of-nothing at update
(table $functions 4 funcref)
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call_indirect $functions (result i32) (i32.const 1)))

;;; call-of-another-type at update
(table $functions 4 funcref)
(elem (table $functions) (i32.const 0) func $ok)
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call_indirect $functions (result i32) (i32.const 0)))

;;; call-beyond-the-table at update
(table $functions 4 funcref)
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call_indirect $functions (result i32) (i32.const 4)))

;;; endless-tail-calls at update within 50 ms
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (return_call $update (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))

;;; endless-recursion at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $update (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))

;; An instruction that takes long, again and again.
;;; endless-filling at update within 50 ms
(memory $memory 2048)
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (loop $again
        (memory.fill (i32.const 65536) (i32.const 1) (i32.const 134152192))
        (br $again))
    (unreachable))

;;; memory-all-at-once at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (drop (memory.grow (i32.const 65534)))
    (call $ok (i32.const 0) (i32.const 0)))

;;; memory-page-by-page at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (call $ok (i32.const 0) (i32.const 0)))

;;; memory-beyond-what-there-can-be at update
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (if (i32.ne (memory.grow (i32.const -1)) (i32.const -1)) (then (unreachable)))
    (call $ok (i32.const 0) (i32.const 0)))

;;; table-all-at-once at update
(table $functions 1 funcref)
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (drop (table.grow $functions (ref.null func) (i32.const 100000000)))
    (call $ok (i32.const 0) (i32.const 0)))

;;; table-piece-by-piece at update
(table $functions 1 funcref)
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (loop $more
        (br_if $more
            (i32.ne (table.grow $functions (ref.null func) (i32.const 1000)) (i32.const -1))))
    (call $ok (i32.const 0) (i32.const 0)))

;; Each as large as one may be.
;;; tables-side-by-side at load
(table 90000 funcref) (table 90000 funcref) (table 90000 funcref) (table 90000 funcref)
(table 90000 funcref) (table 90000 funcref) (table 90000 funcref) (table 90000 funcref)

;;; table-too-large-to-begin-with at load
(table 2000000000 funcref)

;;; memory-too-large-to-begin-with at load
(memory $memory 65536)

;; Within what `describe` may have, and more than the step may.
;;; memory-too-large-for-the-step at folder-open with 64 MiB
(memory $memory 2048)

;;; start-that-traps at load
(func $start (unreachable))
(start $start)

;;; start-that-grows at load
(func $start (drop (memory.grow (i32.const 60000))))
(start $start)

;;; start-that-recurses at load
(func $start (call $start))
(start $start)

;; Nothing that is imported is there yet.
;;; start-that-calls-the-host at load
(func $start (call $log (i32.const 4) (i32.const 0) (i32.const 4)))
(start $start)

;;; data-beyond-memory at load
(data $far (i32.const 0x7ffffff0) "far away")

;;; elements-beyond-the-table at load
(table $functions 1 funcref)
(elem (table $functions) (i32.const 7) func $ok)

;; It starts within what `describe` may have, and grows beyond what the step may.
;;; start-that-grows-beyond-the-step at folder-open with 64 MiB
(func $start (drop (memory.grow (i32.const 2000))))
(start $start)

;; These two take the ten seconds that a plugin has to describe itself.
;;; start-without-end at load
(func $start (loop $again (br $again)))
(start $start)

;;; description-without-end at load
(func $describe (result i32) (loop $again (br $again)) (unreachable))
