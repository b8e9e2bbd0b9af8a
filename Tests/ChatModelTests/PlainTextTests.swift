import CrewTesting
import Testing

@testable import ChatModel

/// The search for what JSON cannot hold as it is, eight bytes at a time, against the same search byte by byte.
struct PlainTextTests {
    @Test func everyByteIsToldAtEveryPlace() {
        for byte in UInt8.min...UInt8.max {
            let isPlain = byte >= 0x20 && byte != 0x22 && byte != 0x5C
            for length in 1...20 {
                for place in 0..<length {
                    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    bytes[place] = byte
                    let found = bytes.withUnsafeBufferPointer { $0.firstNotPlain(from: 0) }
                    #expect(found == (isPlain ? length : place), "byte \(byte) at \(place) of \(length)")
                }
            }
        }
    }

    @Test func theFirstOfManyIsFoundFromAnywhere() {
        let seed: UInt64 = 20_261_125
        var generator = SeededGenerator(seed: seed)
        for round in 0..<2_000 {
            // Every other byte is one that ends the search, or close to one.
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? [0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x80, 0xA2, 0xDC, 0xFF].randomElement(
                        using: &generator
                    ) ?? 0
                    : UInt8.random(in: 0x30...0x39, using: &generator)
            }
            for start in 0...(bytes.count + 2) {
                let expected =
                    bytes.indices.first { $0 >= start && (bytes[$0] < 0x20 || [0x22, 0x5C].contains(bytes[$0])) }
                    ?? bytes.count
                let found = bytes.withUnsafeBufferPointer { $0.firstNotPlain(from: start) }
                #expect(found == expected, "seed \(seed), round \(round): from \(start) in \(bytes)")
            }
        }
    }
}
