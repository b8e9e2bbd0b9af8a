/// Fields of a request's body beyond the common protocol, written once as JSON.
public struct ExtraFields: Sendable, Hashable {
    /// The members, each after a comma, without the braces around them.
    package let encoded: [UInt8]
    /// Their names.
    package let names: [String]

    /// No fields.
    public static let none = ExtraFields([:])

    /// Writes fields.
    public init(_ fields: JSONObject) {
        var writer = JSONWriter()
        for (name, value) in fields {
            writer.raw(",")
            writer.string(name)
            writer.raw(":")
            writer.value(value)
        }
        encoded = writer.bytes
        names = fields.keys
    }

    /// An upper bound on the tokens that they can add to what the model reads.
    ///
    /// Some fields are read by the model's template (`chat_template_kwargs`, `documents`), others by the server alone;
    /// which are which is the endpoint's affair, so all count.
    public var tokenBound: Int { encoded.count }
}
