import ChatModel
import Synchronization

/// The schemas that were last worked out for a run.
///
/// A coordinator's turn needs the same schema and its JSON several times: to bound the call, to make it, and to read its
/// answer. This is no state: equal questions have equal answers, with or without it, so that copies of a state may share
/// it.
final class SchemaMemo: Sendable {
    private let menu = Mutex<(menu: Menu, schema: JSONSchema)?>(nil)
    private let encoding = Mutex<(schema: JSONSchema, keywords: Dialect.SchemaKeywords, encoded: EncodedSchema)?>(nil)

    /// The schema of a menu.
    func schema(of asked: Menu) -> JSONSchema {
        menu.withLock { last in
            if let last, last.menu == asked { return last.schema }
            let schema = asked.schema
            last = (asked, schema)
            return schema
        }
    }

    /// The JSON of a schema in a dialect's terms.
    func encoded(_ asked: JSONSchema, keywords: Dialect.SchemaKeywords) -> EncodedSchema {
        encoding.withLock { last in
            if let last, last.keywords == keywords, last.schema == asked { return last.encoded }
            let encoded = EncodedSchema(asked, keywords: keywords)
            last = (asked, keywords, encoded)
            return encoded
        }
    }
}
