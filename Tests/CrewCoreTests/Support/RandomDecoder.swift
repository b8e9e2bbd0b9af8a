import CrewTesting

/// Makes random values of any `Decodable` type, by answering whatever its `init(from:)` asks for.
///
/// So values have every stored property that the type has today, each optional one sometimes there and sometimes not.
final class RandomDecoder {
    private var random: SeededGenerator
    /// What strings are drawn from: values that some types insist on, and texts that are hard to write.
    private let words: [String]

    init(seed: Int, words: [String]) {
        random = SeededGenerator(seed: seed)
        self.words = words
    }

    /// Makes a value; types that refuse what they were given are given something else.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if let cases = type as? any CaseIterable.Type, let value = one(of: cases) as? T { return value }
        var failure: (any Error)?
        for _ in 0..<2_000 {
            do { return try type.init(from: RandomPlace(source: self)) } catch let error as Unmakeable {
                throw error
            } catch {
                failure = error
            }
        }
        throw Unmakeable(type: "\(type)", reason: "\(failure.map { "\($0)" } ?? "")")
    }

    /// A type that takes nothing it is given: the words need one that it takes.
    struct Unmakeable: Error {
        let type: String
        let reason: String
    }

    private func one<C: CaseIterable>(of type: C.Type) -> C? { type.allCases.randomElement(using: &random) }

    fileprivate func string() -> String { random.one(of: words) ?? "" }
    fileprivate func chance(_ percent: Int) -> Bool { random.chance(percent) }
    fileprivate func number(_ range: ClosedRange<Int>) -> Int { random.number(range) }

    fileprivate func integer<T: FixedWidthInteger>(_: T.Type) -> T {
        chance(50) ? T(number(0...100)) : T.random(in: .min ... .max, using: &random)
    }

    fileprivate func keys<Key: CodingKey>() -> [Key] {
        // Of what may hold anything, only so much stands in one another.
        guard chance(70) else { return [] }
        return words.compactMap { Key(stringValue: $0) }.randomElement(using: &random).map { [$0] } ?? []
    }
}

/// A place at which something random stands.
private struct RandomPlace: Decoder {
    let source: RandomDecoder
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RandomMembers(source: source))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        RandomElements(source: source, total: source.number(0...3))
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { RandomValue(source: source) }
}

private struct RandomMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let source: RandomDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { source.keys() }

    func contains(_ key: Key) -> Bool { source.chance(60) }
    func decodeNil(forKey key: Key) -> Bool { source.chance(20) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try source.decode(type) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedDecodingContainer<
        Nested
    > {
        KeyedDecodingContainer(RandomMembers<Nested>(source: source))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
        RandomPlace(source: source).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { RandomPlace(source: source) }
    func superDecoder(forKey key: Key) -> any Decoder { RandomPlace(source: source) }
}

private struct RandomElements: UnkeyedDecodingContainer {
    let source: RandomDecoder
    let total: Int
    private(set) var currentIndex = 0

    init(source: RandomDecoder, total: Int) {
        self.source = source
        self.total = total
    }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { total }
    var isAtEnd: Bool { currentIndex == total }

    func decodeNil() -> Bool { false }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        currentIndex += 1
        return try source.decode(type)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
        currentIndex += 1
        return KeyedDecodingContainer(RandomMembers<Nested>(source: source))
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
        currentIndex += 1
        return RandomPlace(source: source).unkeyedContainer()
    }

    mutating func superDecoder() -> any Decoder {
        currentIndex += 1
        return RandomPlace(source: source)
    }
}

private struct RandomValue: SingleValueDecodingContainer {
    let source: RandomDecoder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { source.chance(30) }
    func decode(_: Bool.Type) -> Bool { source.chance(50) }
    func decode(_: String.Type) -> String { source.string() }
    func decode(_: Double.Type) -> Double { Double(source.integer(Int32.self)) / Double(source.number(1...1_000)) }
    func decode(_: Float.Type) -> Float { Float(source.number(-100...100)) / 8 }
    func decode(_: Int.Type) -> Int { source.integer(Int.self) }
    func decode(_: Int8.Type) -> Int8 { source.integer(Int8.self) }
    func decode(_: Int16.Type) -> Int16 { source.integer(Int16.self) }
    func decode(_: Int32.Type) -> Int32 { source.integer(Int32.self) }
    func decode(_: Int64.Type) -> Int64 { source.integer(Int64.self) }
    func decode(_: UInt.Type) -> UInt { source.integer(UInt.self) }
    func decode(_: UInt8.Type) -> UInt8 { source.integer(UInt8.self) }
    func decode(_: UInt16.Type) -> UInt16 { source.integer(UInt16.self) }
    func decode(_: UInt32.Type) -> UInt32 { source.integer(UInt32.self) }
    func decode(_: UInt64.Type) -> UInt64 { source.integer(UInt64.self) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try source.decode(type) }
}
