;; What a plugin says about itself.

;;; unreachable at load
(func $describe (result i32) (unreachable))

;;; description-of-an-unknown-kind at load
(func $describe (result i32)
    (call $words (i32.const 49) (i32.const 3) (i32.const 18) (i32.const 2)))

;;; description-of-a-kind-with-codes at load
(data $codes (i32.const 2048) "\1b[2Jtrainer\07")
(func $describe (result i32)
    (call $words (i32.const 2048) (i32.const 12) (i32.const 18) (i32.const 2)))

;;; description-with-half-a-schema at load
(func $describe (result i32)
    (call $words (i32.const 5) (i32.const 12) (i32.const 18) (i32.const 1)))

;; `[[[[…`
;;; description-with-a-deep-schema at load
(memory $memory 32)
(func $describe (result i32)
    (memory.fill (i32.const 65536) (i32.const 91) (i32.const 1000000))
    (call $words (i32.const 5) (i32.const 12) (i32.const 65536) (i32.const 1000000)))

;;; description-with-a-huge-schema at load
(memory $memory 2048)
(func $describe (result i32)
    (memory.fill (i32.const 65536) (i32.const 32) (i32.const 100000000))
    (call $words (i32.const 5) (i32.const 12) (i32.const 65536) (i32.const 100000000)))

;;; description-that-is-not-utf-8 at load
(data $odd (i32.const 2048) "\80")
(func $describe (result i32)
    (call $words (i32.const 2048) (i32.const 1) (i32.const 18) (i32.const 2)))

;;; description-of-2-to-the-28 at load
(func $describe (result i32)
    (call $words (i32.const 5) (i32.const 0x10000000) (i32.const 18) (i32.const 2)))

;;; description-beyond-memory at load
(func $describe (result i32) (i32.const -4))

;;; description-that-takes-all-memory at load
(func $describe (result i32)
    (loop $more (br_if $more (i32.ne (memory.grow (i32.const 100)) (i32.const -1))))
    (unreachable))

;;; description-that-recurses at load
(func $describe (result i32) (call $describe))

;;; description-that-emits at load
(func $describe (result i32)
    (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
        (i32.const 0) (i32.const 1024))
    (if (i32.eqz (i32.load8_u (i32.const 1024))) (then (unreachable)))
    (call $words (i32.const 49) (i32.const 3) (i32.const 18) (i32.const 2)))
