;; A plugin that behaves, as a core module: what the attacks of this folder have in common. Each of
;; them puts other definitions in the place of some of these, by their names. What is exported has
;; the names and types of the component model's canonical ABI; every call gets its result's memory
;; from the same place, so that only one result is there at a time.
(import "mlhost:plugin/log@0.1.0" "log" (func $log (param i32 i32 i32)))
(import "mlhost:plugin/data@0.1.0" "[method]dataset.num-rows" (func $num_rows (param i32 i32)))
(import "mlhost:plugin/data@0.1.0" "[method]dataset.scan" (func $scan (param i32 i32)))
(import "mlhost:plugin/data@0.1.0" "[method]scan.next" (func $next (param i32 i32)))
(import "mlhost:plugin/data@0.1.0" "[resource-drop]dataset" (func $drop_dataset (param i32)))
(import "mlhost:plugin/data@0.1.0" "[resource-drop]scan" (func $drop_scan (param i32)))
(import "mlhost:plugin/output@0.1.0" "emit"
    (func $emit (param i32 i32 i32 i32 i32 i32 i32 i32)))
(import "[export]mlhost:plugin/fold@0.1.0" "[resource-new]folder"
    (func $new_folder (param i32) (result i32)))
(import "[export]mlhost:plugin/fold@0.1.0" "[resource-drop]folder"
    (func $drop_folder (param i32)))
(import "[export]mlhost:plugin/fit@0.1.0" "[resource-new]trainer"
    (func $new_trainer (param i32) (result i32)))
(import "[export]mlhost:plugin/transform@0.1.0" "[resource-new]transformer"
    (func $new_transformer (param i32) (result i32)))

(memory $memory 2)

(export "memory" (memory $memory))
(export "cabi_realloc" (func $realloc))
(export "mlhost:plugin/describe@0.1.0#describe" (func $describe))
(export "mlhost:plugin/fold@0.1.0#[static]folder.open" (func $folder_open))
(export "mlhost:plugin/fold@0.1.0#[method]folder.columns" (func $folder_columns))
(export "mlhost:plugin/fold@0.1.0#[method]folder.update" (func $update))
(export "mlhost:plugin/fold@0.1.0#[method]folder.merge" (func $merge))
(export "mlhost:plugin/fold@0.1.0#[method]folder.state" (func $state))
(export "mlhost:plugin/fit@0.1.0#[static]trainer.open" (func $trainer_open))
(export "mlhost:plugin/fit@0.1.0#[method]trainer.columns" (func $trainer_columns))
(export "mlhost:plugin/fit@0.1.0#[method]trainer.fit" (func $fit))
(export "mlhost:plugin/transform@0.1.0#[static]transformer.open" (func $transformer_open))
(export "mlhost:plugin/transform@0.1.0#[method]transformer.columns" (func $transformer_columns))
(export "mlhost:plugin/transform@0.1.0#[method]transformer.output" (func $output))
(export "mlhost:plugin/transform@0.1.0#[method]transformer.apply" (func $apply))
(export "mlhost:plugin/transform@0.1.0#[method]transformer.finish" (func $finish))
(export "mlhost:plugin/report@0.1.0#assess" (func $assess))

;; The next free address. Texts are below, results at 1024.
(global $free (mut i32) (i32.const 4096))

(data $texts (i32.const 0) "text preprocessor {}0.1.0 x g fine passed failed odd ")

;; An address for so many bytes, which nobody gives back.
(func $realloc (param $old i32) (param $size i32) (param $align i32)
    (param $wanted i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $at) (local.get $wanted)))
    (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
        (then (drop (memory.grow (i32.const 16)))))
    (local.get $at))

;; Writes two words: a text or list, and how long it is.
(func $pair (param $at i32) (param $address i32) (param $length i32)
    (i32.store (local.get $at) (local.get $address))
    (i32.store offset=4 (local.get $at) (local.get $length)))

;; A result that is all right and holds these two words.
(func $ok (param $first i32) (param $second i32) (result i32)
    (i32.store (i32.const 1024) (i32.const 0))
    (call $pair (i32.const 1028) (local.get $first) (local.get $second))
    (i32.const 1024))

(func $describe (result i32)
    (call $words (i32.const 5) (i32.const 12) (i32.const 18) (i32.const 2)))

;; A description with this kind and this schema of parameters.
(func $words (param $kind i32) (param $length i32) (param $schema i32) (param $bytes i32)
    (result i32)
    (call $pair (i32.const 1024) (i32.const 0) (i32.const 4))
    (call $pair (i32.const 1032) (local.get $kind) (local.get $length))
    (call $pair (i32.const 1040) (i32.const 30) (i32.const 4))
    (call $pair (i32.const 1048) (local.get $schema) (local.get $bytes))
    (call $pair (i32.const 1056) (i32.const 20) (i32.const 5))
    (i32.const 1024))

(func $folder_open (param $params i32) (param $length i32) (param $input i32) (param $fields i32) (result i32)
    (call $ok (call $new_folder (i32.const 7)) (i32.const 0)))

;; One column: x.
(func $one_column (result i32)
    (call $pair (i32.const 1024) (i32.const 1032) (i32.const 1))
    (call $pair (i32.const 1032) (i32.const 26) (i32.const 1))
    (i32.const 1024))

(func $folder_columns (param $folder i32) (result i32)
    (call $one_column))

(func $update (param $folder i32) (param $rows i32) (param $arrays i32) (param $num_arrays i32)
    (param $buffers i32) (param $num_buffers i32) (param $pieces i32) (param $num_pieces i32)
    (result i32)
    (call $ok (i32.const 0) (i32.const 0)))

(func $merge (param $folder i32) (param $state i32) (param $length i32) (result i32)
    (call $ok (i32.const 0) (i32.const 0)))

(func $state (param $folder i32) (result i32)
    (call $ok (i32.const 0) (i32.const 4)))

(func $trainer_open (param $params i32) (param $length i32) (param $input i32) (param $fields i32) (result i32)
    (call $ok (call $new_trainer (i32.const 7)) (i32.const 0)))

(func $trainer_columns (param $trainer i32) (result i32)
    (call $one_column))

(func $fit (param $trainer i32) (param $dataset i32) (result i32)
    (call $drop_dataset (local.get $dataset))
    (call $ok (i32.const 0) (i32.const 4)))

(func $transformer_open (param $params i32) (param $length i32) (param $state i32) (param $bytes i32)
    (param $input i32) (param $fields i32) (result i32)
    (call $ok (call $new_transformer (i32.const 7)) (i32.const 0)))

(func $transformer_columns (param $transformer i32) (result i32)
    (call $one_column))

;; One field: x, of format g, nullable, without metadata, children or a dictionary.
(func $output (param $transformer i32) (result i32)
    (call $pair (i32.const 1024) (i32.const 1040) (i32.const 1))
    (i32.store (i32.const 1032) (i32.const 1))
    (call $pair (i32.const 1040) (i32.const 26) (i32.const 1))
    (call $pair (i32.const 1048) (i32.const 28) (i32.const 1))
    (i32.store (i32.const 1056) (i32.const 2))
    (call $pair (i32.const 1060) (i32.const 0) (i32.const 0))
    (call $pair (i32.const 1068) (i32.const 0) (i32.const 0))
    (i32.const 1024))

;; Emits what it is given.
(func $apply (param $transformer i32) (param $rows i32) (param $arrays i32) (param $num_arrays i32)
    (param $buffers i32) (param $num_buffers i32) (param $pieces i32) (param $num_pieces i32)
    (result i32)
    (call $emit (local.get $rows) (local.get $arrays) (local.get $num_arrays)
        (local.get $buffers) (local.get $num_buffers) (local.get $pieces) (local.get $num_pieces)
        (i32.const 1024))
    (i32.const 1024))

(func $finish (param $transformer i32) (result i32)
    (call $ok (i32.const 0) (i32.const 0)))

;; Passed, with nothing found, measured or drawn.
(func $assess (param $params i32) (param $length i32) (param $states i32) (param $num_states i32)
    (result i32)
    (i32.store (i32.const 1024) (i32.const 0))
    (call $pair (i32.const 1028) (i32.const 35) (i32.const 6))
    (call $pair (i32.const 1036) (i32.const 30) (i32.const 4))
    (call $pair (i32.const 1044) (i32.const 0) (i32.const 0))
    (call $pair (i32.const 1052) (i32.const 0) (i32.const 0))
    (call $pair (i32.const 1060) (i32.const 0) (i32.const 0))
    (i32.const 1024))
