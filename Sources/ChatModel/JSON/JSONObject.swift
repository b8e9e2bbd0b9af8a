internal import OrderedCollections

/// The members of a JSON object, in their original order.
public struct JSONObject: Sendable, Hashable {
    private var members: OrderedDictionary<String, JSONValue> = [:]

    /// No members.
    public init() {}

    /// The members in the given order; a key given twice keeps its last value.
    public init(_ pairs: some Sequence<(String, JSONValue)>) {
        members.reserveCapacity(pairs.underestimatedCount)
        for (key, value) in pairs { members[key] = value }
    }

    /// The value of a key; setting `nil` removes it, setting a new key appends it.
    public subscript(key: String) -> JSONValue? {
        get { members[key] }
        set { members[key] = newValue }
    }

    /// The keys in order.
    public var keys: [String] { Array(members.keys) }

    /// How many members there are.
    public var count: Int { members.count }

    /// The key at a position, counted from 0.
    func key(at position: Int) -> String { members.keys[position] }

    /// The value at a position, counted from 0.
    func value(at position: Int) -> JSONValue { members.values[position] }

    /// Whether there are none.
    public var isEmpty: Bool { members.isEmpty }

    /// Adds a member.
    ///
    /// - Returns: Whether the key was new.
    package mutating func insert(_ value: JSONValue, for key: String) -> Bool {
        members.updateValue(value, forKey: key) == nil
    }
}

extension JSONObject: Sequence {
    /// Goes through the members in order.
    public func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
        var base = members.makeIterator()
        return AnyIterator { base.next() }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Makes members in the order written; a key written twice keeps its last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
