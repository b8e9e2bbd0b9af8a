import ChatModel
import Foundation
import Testing

/// What the writer makes of `Encodable` values, beside what Foundation makes of them.
struct EncodableTests {
    private func text(_ value: some Encodable) throws -> String {
        var writer = JSONWriter()
        try writer.encodable(value)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private struct Point: Codable, Equatable {
        var x: Double
        var y: Int?
    }

    private struct Parts: Encodable {
        enum Key: String, CodingKey { case one, two, three, list }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode("a", forKey: .one)
            var nested = container.nestedContainer(keyedBy: Key.self, forKey: .two)
            try nested.encode(true, forKey: .one)
            try nested.encodeNil(forKey: .two)
            var list = container.nestedUnkeyedContainer(forKey: .list)
            try list.encode(1)
            var inner = list.nestedUnkeyedContainer()
            try inner.encode("deep")
            try list.encodeNil()
            // Asked for again, it is the same object.
            var again = encoder.container(keyedBy: Key.self)
            try again.encode([Point(x: 1.5, y: nil)], forKey: .three)
        }
    }

    @Test func membersStandInTheOrderInWhichTheyAreGiven() throws {
        #expect(
            try text(Parts())
                == #"{"one":"a","two":{"one":true,"two":null},"list":[1,["deep"],null],"three":[{"x":1.5}]}"#
        )
    }

    private class Base: Encodable { let base = 1 }
    private final class Derived: Base {
        let own = [2]
        enum CodingKeys: CodingKey { case own }

        override func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try super.encode(to: container.superEncoder())
            try container.encode(own, forKey: .own)
        }
    }

    @Test func aClassWritesTheClassAbove() throws {
        #expect(try text(Derived()) == #"{"super":{"base":1},"own":[2]}"#)
    }

    private struct Silent: Encodable { func encode(to encoder: any Encoder) {} }

    @Test func whatSaysNothingHasNoMembers() throws {
        #expect(try text([Silent(), Silent()]) == "[{},{}]")
        #expect(try text([String: Int]()) == "{}")
        #expect(try text([Int]()) == "[]")
        #expect(try text(Int?.none) == "null")
    }

    @Test(arguments: [0, 9, 10, -1, -10, 1_234_567_890, .max, .min] as [Int64])
    func integersAreWrittenInFull(_ value: Int64) throws {
        #expect(try text(value) == "\(value)")
    }

    @Test func numbersOfEverySizeAreWritten() throws {
        #expect(try text(UInt64.max) == "18446744073709551615")
        #expect(try text([Int8.min]) == "[-128]")
        #expect(try text(Float(0.5)) == "0.5")
        let numbers = [0.1, 1e300, -2.5e-9, 1e15, 123_456_789.123]
        #expect(try JSONDecoder().decode([Double].self, from: Data(try text(numbers).utf8)) == numbers)
    }

    @Test func whatJSONCannotSayIsAnError() throws {
        #expect(throws: EncodingError.self) { try text([Double.nan]) }
        #expect(throws: EncodingError.self) { try text(Point(x: .infinity, y: 1)) }
    }

    private struct Stale: Encodable {
        enum Key: String, CodingKey { case one, two }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            var nested = container.nestedContainer(keyedBy: Key.self, forKey: .one)
            try container.encode(1, forKey: .two)
            try nested.encode(2, forKey: .one)
        }
    }

    @Test func aContainerThatWasClosedIsAnError() throws {
        #expect(throws: EncodingError.self) { try text(Stale()) }
    }
}
