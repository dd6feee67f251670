;; What is reached for through WASI where no parameter could ask for it, and handles that were guessed.

;;; description-that-exits at load
(import "wasi:cli/exit@0.2.12" "exit" (func $exit (param i32)))
(func $describe (result i32) (call $exit (i32.const 0)) (unreachable))

;; It traps if there is anything.
;;; description-that-reads-the-environment at load
(import "wasi:cli/environment@0.2.12" "get-environment" (func $environment (param i32)))
(func $describe (result i32)
    (call $environment (i32.const 1024))
    (if (i32.load (i32.const 1028)) (then (unreachable)))
    (call $words (i32.const 5) (i32.const 12) (i32.const 18) (i32.const 2)))

;; It traps if there is any.
;;; description-that-looks-for-folders at load
(import "wasi:filesystem/preopens@0.2.12" "get-directories" (func $folders (param i32)))
(func $describe (result i32)
    (call $folders (i32.const 1024))
    (if (i32.load (i32.const 1028)) (then (unreachable)))
    (call $words (i32.const 5) (i32.const 12) (i32.const 18) (i32.const 2)))

;; It traps if time passes.
;;; description-that-waits-for-a-second at load
(import "wasi:clocks/monotonic-clock@0.2.12" "now" (func $now (result i64)))
(func $describe (result i32)
    (local $turns i32)
    (loop $again
        (if (i64.ne (call $now) (i64.const 0)) (then (unreachable)))
        (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $turns) (i32.const 100000))))
    (call $words (i32.const 5) (i32.const 12) (i32.const 18) (i32.const 2)))

;;; guessed-file at update
(import "wasi:filesystem/types@0.2.12" "[method]descriptor.read"
    (func $read (param i32 i64 i64 i32)))
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $read (i32.const 3) (i64.const 100) (i64.const 0) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 0)))

;;; guessed-stream at update
(import "wasi:io/streams@0.2.12" "[method]output-stream.check-write"
    (func $check (param i32 i32)))
(func $update (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
    (call $check (i32.const 1) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 0)))

;;; dataset-for-a-file at fit
(import "wasi:filesystem/types@0.2.12" "[method]descriptor.read"
    (func $read (param i32 i64 i64 i32)))
(func $fit (param i32 i32) (result i32)
    (call $read (local.get 1) (i64.const 100) (i64.const 0) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))
