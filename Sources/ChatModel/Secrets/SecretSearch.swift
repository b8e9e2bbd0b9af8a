/// Finds secrets in texts, as they are and in the encodings in which they come back from servers and pages.
///
/// A secret may stand there plainly, in hexadecimal, or in base64, where it gives other letters at each of three
/// alignments. And any part of all that may be escaped as JSON, C or a URL escapes it, over and over: see
/// ``UnescapedText``.
struct SecretSearch: Sendable {
    fileprivate struct Needle: Sendable, Hashable {
        var bytes: [UInt8]
        var ignoresCase = false
    }

    /// What is looked for, by the byte with which it begins.
    private struct Needles: Sendable {
        private(set) var byFirstByte = [[Needle]](repeating: [], count: 256)
        /// Whether any begins with a byte: most bytes of a text need no more than this look.
        private(set) var isFirst = [Bool](repeating: false, count: 256)
        /// The length of the longest.
        private(set) var longest = 0

        init(_ needles: Set<Needle>) {
            for needle in needles {
                guard let first = needle.bytes.first else { continue }
                longest = max(longest, needle.bytes.count)
                add(needle, at: first)
                // Hexadecimal digits are written in lower case here.
                if needle.ignoresCase, (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(first) {
                    add(needle, at: first & ~0x20)
                }
            }
        }

        private mutating func add(_ needle: Needle, at first: UInt8) {
            byFirstByte[Int(first)].append(needle)
            isFirst[Int(first)] = true
        }
    }

    /// What a text holds.
    struct Findings {
        /// Where secrets stand, in order and apart.
        var secrets: [Range<Int>] = []
        /// Where the beginning of a secret may stand that goes on after the end of the text; its end, if nowhere.
        var openFrom: Int
    }

    /// Less than this of an encoded secret would be found in half of all words.
    private static let shortestEncoded = 8

    private let plain: Needles
    private let unescaped: Needles
    let isEmpty: Bool

    init(_ secrets: [[UInt8]]) {
        let encoded = Set(secrets.flatMap(Self.encodings))
        plain = Needles(encoded.union(secrets.map { Needle(bytes: $0) }))
        unescaped = Needles(encoded.union(secrets.map { Needle(bytes: UnescapedText($0).bytes) }))
        isEmpty = secrets.isEmpty
    }

    /// Looks through a text, which need not be whole.
    func findings(in text: UnsafeBufferPointer<UInt8>) -> Findings {
        var findings = Findings(openFrom: text.count)
        var found = Self.matches(of: plain, in: text)
        findings.openFrom = text.count - Self.longestBeginning(of: plain, at: text)
        if UnescapedText.concerns(text) {
            let unescaped = UnescapedText(text)
            unescaped.bytes.withUnsafeBufferPointer { bytes in
                found += Self.matches(of: self.unescaped, in: bytes).map {
                    unescaped.starts[$0.lowerBound]..<unescaped.ends[$0.upperBound - 1]
                }
                // An escape that is not whole yet may become anything.
                for end in [unescaped.openFrom, bytes.count] {
                    let head = UnsafeBufferPointer(rebasing: bytes[..<end])
                    let open = end - Self.longestBeginning(of: self.unescaped, at: head)
                    if open < bytes.count { findings.openFrom = min(findings.openFrom, unescaped.starts[open]) }
                }
            }
        }
        findings.secrets = Self.apart(found)
        return findings
    }

    /// Whether the beginning of a secret may stand anywhere in a text: a quick look, which most texts do not pass.
    func mayBegin(in text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.contains { plain.isFirst[Int($0)] || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "%") }
    }

    // MARK: - Searching

    private static func matches(of needles: Needles, in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for position in text.indices where needles.isFirst[Int(text[position])] {
            for needle in needles.byFirstByte[Int(text[position])] {
                let end = position + needle.bytes.count
                if end <= text.count, needle.agrees(with: text, from: position, count: needle.bytes.count) {
                    found.append(position..<end)
                }
            }
        }
        return found
    }

    /// How many bytes at the end of a text are the beginning of a secret and not yet the whole of it.
    private static func longestBeginning(of needles: Needles, at text: UnsafeBufferPointer<UInt8>) -> Int {
        var longest = 0
        for position in max(0, text.count - needles.longest)..<text.count where longest == 0 {
            let count = text.count - position
            let isBeginning = needles.byFirstByte[Int(text[position])].contains {
                count < $0.bytes.count && $0.agrees(with: text, from: position, count: count)
            }
            if isBeginning { longest = count }
        }
        return longest
    }

    /// The ranges in order; those that overlap are joined.
    private static func apart(_ ranges: [Range<Int>]) -> [Range<Int>] {
        guard ranges.count > 1 else { return ranges }
        var result: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound < last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }

    // MARK: - Encodings

    private static func encodings(of secret: [UInt8]) -> [Needle] {
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = secret.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        let plus = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let safe = plus.dropLast(2) + Array("-_".utf8)
        // A byte before the secret shifts it by eight bits; the first letter that is wholly its own comes after 0, 4 or 2.
        let base64 = [0, 4, 2].flatMap { skipped in
            [plus, Array(safe)].map { Needle(bytes: Self.sixBitLetters(of: secret, after: skipped, $0)) }
        }
        return ([Needle(bytes: hexadecimal, ignoresCase: true)] + base64).filter {
            $0.bytes.count >= Self.shortestEncoded
        }
    }

    /// The letters of whole groups of six bits, after some that belong to a letter with something else.
    private static func sixBitLetters(of bytes: [UInt8], after skipped: Int, _ letters: [UInt8]) -> [UInt8] {
        stride(from: skipped, through: bytes.count * 8 - 6, by: 6).map { bit in
            let byte = bit / 8
            let pair = UInt16(bytes[byte]) << 8 | UInt16(byte + 1 < bytes.count ? bytes[byte + 1] : 0)
            return letters[Int(pair >> UInt16(10 - bit % 8)) & 63]
        }
    }
}

extension SecretSearch.Needle {
    fileprivate func agrees(with text: UnsafeBufferPointer<UInt8>, from start: Int, count: Int) -> Bool {
        for offset in 0..<count {
            let byte = text[start + offset]
            let isLetter = ignoresCase && (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
            if bytes[offset] != (isLetter ? byte | 0x20 : byte) { return false }
        }
        return true
    }
}
