;; Inner loops over pixels, with SIMD. Reads go up to 15 bytes beyond what is to be read, writes up to 15 beyond the result.
(module
  (memory (export "memory") 1)

  ;; The two passes of resize.ts. Fixed point: weights have 22 bits behind the point, sums are 32-bit integers. `taps` holds
  ;; one record of `record` bytes per output sample: i32 first input sample, i32 number n of taps, n weights.

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
      (br_if $nextRow (i32.lt_u (local.get $taps) (local.get $tapsEnd)))))

  ;; What is left of 8 bytes of a PNG row by Paeth's filter, in lanes of 16 bits: minus the nearest, of the byte to the left,
  ;; the one above and the one in the corner, to left + above - corner.
  (func $paeth (param $own v128) (param $left v128) (param $above v128) (param $corner v128) (result v128)
    (local $toLeft v128) (local $toAbove v128) (local $toCorner v128)
    (local.set $toLeft (i16x8.sub (local.get $above) (local.get $corner)))
    (local.set $toAbove (i16x8.sub (local.get $left) (local.get $corner)))
    (local.set $toCorner (i16x8.abs (i16x8.add (local.get $toLeft) (local.get $toAbove))))
    (local.set $toLeft (i16x8.abs (local.get $toLeft)))
    (local.set $toAbove (i16x8.abs (local.get $toAbove)))
    (v128.and (v128.const i16x8 255 255 255 255 255 255 255 255)
      (i16x8.sub (local.get $own)
        (v128.bitselect
          (local.get $left)
          (v128.bitselect (local.get $above) (local.get $corner)
            (i16x8.le_s (local.get $toAbove) (local.get $toCorner)))
          (v128.and
            (i16x8.le_s (local.get $toLeft) (local.get $toAbove))
            (i16x8.le_s (local.get $toLeft) (local.get $toCorner)))))))

  ;; Rows of RGB as the rows of a PNG: the number of Paeth's filter, then its bytes. The row above the first lies before it.
  ;; A row's first pixel is taken to be right of the last one of the row above; it is for the caller to mend.
  (func (export "filterRows")
    (param $source i32) (param $rowBytes i32) (param $rows i32) (param $to i32)
    (local $x i32) (local $at i32) (local $own v128) (local $left v128) (local $above v128) (local $corner v128)
    (loop $nextRow
      (i32.store8 (local.get $to) (i32.const 4))
      (local.set $to (i32.add (local.get $to) (i32.const 1)))
      (local.set $x (i32.const 0))
      (loop $nextBytes
        (local.set $at (i32.add (local.get $source) (local.get $x)))
        (local.set $own (v128.load (local.get $at)))
        (local.set $left (v128.load (i32.sub (local.get $at) (i32.const 3))))
        (local.set $at (i32.sub (local.get $at) (local.get $rowBytes)))
        (local.set $above (v128.load (local.get $at)))
        (local.set $corner (v128.load (i32.sub (local.get $at) (i32.const 3))))
        (v128.store (i32.add (local.get $to) (local.get $x))
          (i8x16.narrow_i16x8_u
            (call $paeth
              (i16x8.extend_low_i8x16_u (local.get $own)) (i16x8.extend_low_i8x16_u (local.get $left))
              (i16x8.extend_low_i8x16_u (local.get $above)) (i16x8.extend_low_i8x16_u (local.get $corner)))
            (call $paeth
              (i16x8.extend_high_i8x16_u (local.get $own)) (i16x8.extend_high_i8x16_u (local.get $left))
              (i16x8.extend_high_i8x16_u (local.get $above)) (i16x8.extend_high_i8x16_u (local.get $corner)))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (br_if $nextBytes (i32.lt_u (local.get $x) (local.get $rowBytes))))
      (local.set $source (i32.add (local.get $source) (local.get $rowBytes)))
      (local.set $to (i32.add (local.get $to) (local.get $rowBytes)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $nextRow (local.get $rows)))))
