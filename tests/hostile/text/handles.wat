;; Handles that were never given, were given back, or are of something else.

;;; guessed-dataset at folder-open
(func $folder_open (param i32 i32 i32 i32) (result i32)
    (call $num_rows (i32.const 1) (i32.const 1024))
    (call $ok (call $new_folder (i32.const 7)) (i32.const 0)))

;;; guessed-far-away at fit
(func $fit (param i32 i32) (result i32)
    (call $scan (i32.const 0x7fffffff) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))

;;; guessed-nothing at fit
(func $fit (param i32 i32) (result i32)
    (call $scan (i32.const 0) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))

;;; guessed-neighbour at fit
(func $fit (param i32 i32) (result i32)
    (call $scan (i32.add (local.get 1) (i32.const 1)) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))

;;; dataset-for-a-scan at fit
(func $fit (param i32 i32) (result i32)
    (call $next (local.get 1) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))

;;; scan-for-a-dataset at fit
(func $fit (param i32 i32) (result i32)
    (call $scan (local.get 1) (i32.const 1024))
    (call $scan (i32.load (i32.const 1028)) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))

;; Its own trainer has a handle as well, in another table.
;;; trainer-for-a-dataset at fit
(func $fit (param i32 i32) (result i32)
    (call $scan (call $new_trainer (i32.const 7)) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))

;;; scan-dropped-twice at fit
(func $fit (param i32 i32) (result i32)
    (call $scan (local.get 1) (i32.const 1024))
    (call $drop_scan (i32.load (i32.const 1028)))
    (call $drop_scan (i32.load (i32.const 1028)))
    (call $drop_dataset (local.get 1))
    (call $ok (i32.const 0) (i32.const 4)))

;;; scan-after-it-was-dropped at fit
(func $fit (param i32 i32) (result i32)
    (call $scan (local.get 1) (i32.const 1024))
    (call $drop_scan (i32.load (i32.const 1028)))
    (call $next (i32.load (i32.const 1028)) (i32.const 1024))
    (call $drop_dataset (local.get 1))
    (call $ok (i32.const 0) (i32.const 4)))

;; A scan may be read when the dataset was given back: it holds on to it.
;;; scan-of-a-dropped-dataset at fit
(func $fit (param i32 i32) (result i32)
    (call $scan (local.get 1) (i32.const 1024))
    (call $drop_dataset (local.get 1))
    (call $next (i32.load (i32.const 1028)) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))

;;; dataset-after-it-was-dropped at fit
(func $fit (param i32 i32) (result i32)
    (call $drop_dataset (local.get 1))
    (call $scan (local.get 1) (i32.const 1024))
    (call $ok (i32.const 0) (i32.const 4)))

;;; dataset-that-is-kept at fit
(func $fit (param i32 i32) (result i32) (call $ok (i32.const 0) (i32.const 4)))

;;; folder-that-is-none at folder-open
(func $folder_open (param i32 i32 i32 i32) (result i32) (call $ok (i32.const 0) (i32.const 0)))

;;; folder-that-was-guessed at folder-open
(func $folder_open (param i32 i32 i32 i32) (result i32) (call $ok (i32.const 12345) (i32.const 0)))

;;; folder-that-was-dropped at folder-open
(func $folder_open (param i32 i32 i32 i32) (result i32)
    (local $folder i32)
    (local.set $folder (call $new_folder (i32.const 7)))
    (call $drop_folder (local.get $folder))
    (call $ok (local.get $folder) (i32.const 0)))

;;; trainer-for-a-folder at folder-open
(func $folder_open (param i32 i32 i32 i32) (result i32)
    (call $ok (call $new_trainer (i32.const 7)) (i32.const 0)))

;; The last of a thousand folders; the others are lost.
;;; ten-thousand-folders at folder-open
(func $folder_open (param i32 i32 i32 i32) (result i32)
    (local $left i32)
    (local.set $left (i32.const 10000))
    (loop $next
        (drop (call $new_folder (i32.const 7)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br_if $next (local.get $left)))
    (call $ok (call $new_folder (i32.const 7)) (i32.const 0)))

;;; folders-without-end at folder-open
(func $folder_open (param i32 i32 i32 i32) (result i32)
    (loop $next (drop (call $new_folder (i32.const 7))) (br $next))
    (unreachable))

;; What the folder stands for is an address to the plugin, and nothing to the host.
;;; folder-that-stands-for-minus-one at folder-open
(func $folder_open (param i32 i32 i32 i32) (result i32)
    (call $ok (call $new_folder (i32.const -1)) (i32.const 0)))
