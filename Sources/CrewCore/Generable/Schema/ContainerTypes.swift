internal import ChatModel

// The library types whose schema follows from the type they hold. Recognising them by conformance means that their own
// decoding need not be run on sample values.

protocol OptionalType {
    static var wrapped: any Decodable.Type { get }
    static var nothing: Self { get }
}

extension Optional: OptionalType where Wrapped: Decodable {
    static var wrapped: any Decodable.Type { Wrapped.self }
    static var nothing: Wrapped? { nil }
}

protocol ListType {
    static var element: any Decodable.Type { get }
    static var nothing: Self { get }
}

extension Array: ListType where Element: Decodable {
    static var element: any Decodable.Type { Element.self }
    static var nothing: [Element] { [] }
}

extension Set: ListType where Element: Decodable {
    static var element: any Decodable.Type { Element.self }
    static var nothing: Set<Element> { [] }
}

protocol MapType {
    static var value: any Decodable.Type { get }
    static var nothing: Self { get }
}

extension Dictionary: MapType where Key == String, Value: Decodable {
    static var value: any Decodable.Type { Value.self }
    static var nothing: [String: Value] { [:] }
}

/// The cases of an enum with raw strings or integers.
struct RawCases {
    /// The raw values in the order of declaration.
    let values: [JSONValue]
    /// The first case.
    let first: Any

    /// Finds the cases of a type that is `CaseIterable` and has such raw values; `nil` for any other.
    init?(of type: Any.Type) {
        guard let enumeration = type as? any CaseIterable.Type else { return nil }
        let cases = Self.cases(of: enumeration)
        let values = cases.compactMap(Self.rawValue)
        guard let first = cases.first, values.count == cases.count else { return nil }
        self.first = first
        self.values = values
    }

    private static func cases<T: CaseIterable>(of type: T.Type) -> [Any] { Array(type.allCases) }

    private static func rawValue(_ value: Any) -> JSONValue? {
        guard let value = value as? any RawRepresentable else { return nil }
        switch value.rawValue {
        case let text as String: return .string(text)
        case let number as any BinaryInteger: return Int64(exactly: number).map(JSONValue.integer)
        default: return nil
        }
    }
}
