extension UnsafeBufferPointer<UInt8> {
    /// Where the first byte stands that JSON cannot hold as it is within a string: a quote, a backslash or a control
    /// character; the count when there is none.
    ///
    /// Looks at eight bytes at once. The expressions are those of "Bit Twiddling Hacks" (S. E. Anderson), "Determine if
    /// a word has a byte less than n": a byte's upper bit is set where the byte is what is sought. A byte above the
    /// first one found can be reported wrongly, the first one never.
    @inlinable
    package func firstNotPlain(from start: Int) -> Int {
        var index = Swift.min(start, count)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while index + 8 <= count {
            let word = UInt64(
                littleEndian: UnsafeRawPointer(baseAddress.unsafelyUnwrapped + index).loadUnaligned(as: UInt64.self)
            )
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            let found =
                ((word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes)
                & tops
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { return index }
            index += 1
        }
        return count
    }
}
