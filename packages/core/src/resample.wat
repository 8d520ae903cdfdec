;; The two passes of resize.ts, with SIMD. Fixed point: weights have 22 bits behind the point, sums are 32-bit integers.
;;
;; `taps` holds one record of `record` bytes per output sample: i32 first input sample, i32 number n of taps, n weights.
;; Reads go up to 15 bytes beyond the source, writes up to 15 beyond the result.
(module
  (memory (export "memory") 1)

  ;; Sums to bytes: the fraction dropped, what leaves 0..255 clamped.
  (func $bytes (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result v128)
    (i8x16.narrow_i16x8_u
      (i16x8.narrow_i32x4_s
        (i32x4.shr_s (local.get $a) (i32.const 22)) (i32x4.shr_s (local.get $b) (i32.const 22)))
      (i16x8.narrow_i32x4_s
        (i32x4.shr_s (local.get $c) (i32.const 22)) (i32x4.shr_s (local.get $d) (i32.const 22)))))

  ;; Every row of RGB pixels becomes one of `size` pixels. One pixel at a time, its channels in three lanes of four.
  (func (export "resampleRows")
    (param $taps i32) (param $record i32) (param $size i32)
    (param $source i32) (param $rowBytes i32) (param $rows i32) (param $to i32)
    (local $row i32) (local $tap i32) (local $end i32) (local $weight i32) (local $from i32) (local $sum v128)
    (local $tapsEnd i32)
    (local.set $tapsEnd (i32.add (local.get $taps) (i32.mul (local.get $size) (local.get $record))))
    (loop $nextRow
      (local.set $tap (local.get $taps))
      (loop $nextPixel
        (local.set $from
          (i32.add (local.get $source) (i32.mul (i32.load (local.get $tap)) (i32.const 3))))
        (local.set $weight (i32.add (local.get $tap) (i32.const 8)))
        (local.set $end
          (i32.add (local.get $weight) (i32.shl (i32.load offset=4 (local.get $tap)) (i32.const 2))))
        (local.set $sum (i32x4.splat (i32.const 0x200000)))
        (loop $nextTap
          (local.set $sum (i32x4.add (local.get $sum) (i32x4.mul
            (v128.load32_splat (local.get $weight))
            (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $from)))))))
          (local.set $from (i32.add (local.get $from) (i32.const 3)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
          (br_if $nextTap (i32.lt_u (local.get $weight) (local.get $end))))
        (v128.store32_lane 0 (local.get $to)
          (call $bytes (local.get $sum) (local.get $sum) (local.get $sum) (local.get $sum)))
        (local.set $to (i32.add (local.get $to) (i32.const 3)))
        (local.set $tap (i32.add (local.get $tap) (local.get $record)))
        (br_if $nextPixel (i32.lt_u (local.get $tap) (local.get $tapsEnd))))
      (local.set $source (i32.add (local.get $source) (local.get $rowBytes)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $nextRow (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; Rows become `size` rows. Sixteen bytes of a row at a time: what a pixel is does not matter here.
  (func (export "resampleColumns")
    (param $taps i32) (param $record i32) (param $size i32)
    (param $source i32) (param $rowBytes i32) (param $to i32)
    (local $tapsEnd i32) (local $first i32) (local $weights i32) (local $end i32) (local $weight i32)
    (local $x i32) (local $from i32) (local $bytes v128) (local $w v128) (local $half v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $tapsEnd (i32.add (local.get $taps) (i32.mul (local.get $size) (local.get $record))))
    (loop $nextRow
      (local.set $first
        (i32.add (local.get $source) (i32.mul (i32.load (local.get $taps)) (local.get $rowBytes))))
      (local.set $weights (i32.add (local.get $taps) (i32.const 8)))
      (local.set $end
        (i32.add (local.get $weights) (i32.shl (i32.load offset=4 (local.get $taps)) (i32.const 2))))
      (local.set $x (i32.const 0))
      (loop $nextBytes
        (local.set $from (i32.add (local.get $first) (local.get $x)))
        (local.set $weight (local.get $weights))
        (local.set $a (i32x4.splat (i32.const 0x200000)))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (loop $nextTap
          (local.set $bytes (v128.load (local.get $from)))
          (local.set $w (v128.load32_splat (local.get $weight)))
          (local.set $half (i16x8.extend_low_i8x16_u (local.get $bytes)))
          (local.set $a (i32x4.add (local.get $a)
            (i32x4.mul (local.get $w) (i32x4.extend_low_i16x8_u (local.get $half)))))
          (local.set $b (i32x4.add (local.get $b)
            (i32x4.mul (local.get $w) (i32x4.extend_high_i16x8_u (local.get $half)))))
          (local.set $half (i16x8.extend_high_i8x16_u (local.get $bytes)))
          (local.set $c (i32x4.add (local.get $c)
            (i32x4.mul (local.get $w) (i32x4.extend_low_i16x8_u (local.get $half)))))
          (local.set $d (i32x4.add (local.get $d)
            (i32x4.mul (local.get $w) (i32x4.extend_high_i16x8_u (local.get $half)))))
          (local.set $from (i32.add (local.get $from) (local.get $rowBytes)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
          (br_if $nextTap (i32.lt_u (local.get $weight) (local.get $end))))
        (v128.store (i32.add (local.get $to) (local.get $x))
          (call $bytes (local.get $a) (local.get $b) (local.get $c) (local.get $d)))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (br_if $nextBytes (i32.lt_u (local.get $x) (local.get $rowBytes))))
      (local.set $to (i32.add (local.get $to) (local.get $rowBytes)))
      (local.set $taps (i32.add (local.get $taps) (local.get $record)))
      (br_if $nextRow (i32.lt_u (local.get $taps) (local.get $tapsEnd))))))
