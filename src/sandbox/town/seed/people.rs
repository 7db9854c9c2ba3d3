//! The provider and its customers. All invented; documents pass their check digits.

use jiff::civil::{Date, date};
use ponte_domain::document::Document;
use ponte_domain::phone::Phone;

use crate::town::TownError;
use crate::town::id::Id;
use crate::town::people::{Address, Branch, City, Customer, Portal, Provider, State};

pub(super) const ANA: Id<Customer> = Id::new(101);
pub(super) const BRUNO: Id<Customer> = Id::new(102);
pub(super) const CARLA: Id<Customer> = Id::new(103);
pub(super) const DAVI: Id<Customer> = Id::new(104);
pub(super) const EMPRESA: Id<Customer> = Id::new(105);
pub(super) const ELISA: Id<Customer> = Id::new(106);

pub(super) const HEAD_OFFICE: Id<Branch> = Id::new(1);
pub(super) const SOUTH: Id<Branch> = Id::new(2);

const SAO_PAULO: Id<City> = Id::new(5270);
const CAXIAS_DO_SUL: Id<City> = Id::new(4376);
const RIO_DE_JANEIRO: Id<City> = Id::new(3658);
const CURITIBA: Id<City> = Id::new(2878);
const BELO_HORIZONTE: Id<City> = Id::new(1630);

pub(super) fn provider() -> Result<Provider, TownError> {
    Ok(Provider {
        name: "PROVEDOR EXEMPLO LTDA",
        trade_name: "Provedor Exemplo",
        document: Document::parse("99.888.777/0001-00")?,
    })
}

pub(super) fn branches() -> Result<Vec<Branch>, TownError> {
    Ok(vec![
        Branch {
            id: HEAD_OFFICE,
            name: "Provedor Exemplo Matriz",
            document: Document::parse("99.888.777/0001-00")?,
            city: SAO_PAULO,
        },
        Branch {
            id: SOUTH,
            name: "Provedor Exemplo Sul",
            document: Document::parse("99.888.777/0002-82")?,
            city: CURITIBA,
        },
    ])
}

pub(super) fn cities() -> Vec<City> {
    let state = |number, code, name| State { number, code, name };
    let city = |id, name, state, ibge| City { id, name, state, ibge };
    vec![
        city(SAO_PAULO, "São Paulo", state(35, "SP", "São Paulo"), 3_550_308),
        city(CAXIAS_DO_SUL, "Caxias do Sul", state(43, "RS", "Rio Grande do Sul"), 4_305_108),
        city(RIO_DE_JANEIRO, "Rio de Janeiro", state(33, "RJ", "Rio de Janeiro"), 3_304_557),
        city(CURITIBA, "Curitiba", state(41, "PR", "Paraná"), 4_106_902),
        city(BELO_HORIZONTE, "Belo Horizonte", state(31, "MG", "Minas Gerais"), 3_106_200),
    ]
}

/// What a person is but for its address.
struct Who {
    id: Id<Customer>,
    name: &'static str,
    document: &'static str,
    born_on: Option<Date>,
    registered_on: Date,
    phones: &'static [&'static str],
    email: &'static str,
    branch: Id<Branch>,
}

fn person(who: Who, address: Address) -> Result<Customer, TownError> {
    let phones = who.phones.iter().copied().map(Phone::parse).collect::<Result<Vec<_>, _>>()?;
    Ok(Customer {
        id: who.id,
        name: who.name,
        document: Document::parse(who.document)?,
        numeric_twin: None,
        born_on: who.born_on,
        registered_on: who.registered_on,
        active: true,
        phones,
        email: who.email,
        address,
        branch: who.branch,
        portal: None,
    })
}

pub(super) fn customers() -> Result<Vec<Customer>, TownError> {
    Ok(vec![ana()?, bruno()?, carla()?, davi()?, empresa()?, elisa()?])
}

fn ana() -> Result<Customer, TownError> {
    let who = Who {
        id: ANA,
        name: "Ana Souza",
        document: "529.982.247-25",
        born_on: Some(date(1991, 4, 14)),
        registered_on: date(2023, 8, 15),
        phones: &["(11) 98765-4321"],
        email: "ana@example.com",
        branch: HEAD_OFFICE,
    };
    let address = Address {
        street: "Rua das Acácias",
        number: "25",
        complement: "Apto 31",
        district: "Vila Mariana",
        city: SAO_PAULO,
        postal_code: "04101-000",
        latitude: "-23.5890",
        longitude: "-46.6340",
    };
    let portal = Portal { login: "ana.souza".to_owned(), password: "Senha#2026".to_owned() };
    Ok(Customer { portal: Some(portal), ..person(who, address)? })
}

fn bruno() -> Result<Customer, TownError> {
    let who = Who {
        id: BRUNO,
        name: "Bruno Lima",
        document: "111.444.777-35",
        born_on: Some(date(1985, 9, 2)),
        registered_on: date(2022, 3, 7),
        phones: &["(54) 98123-4567"],
        email: "bruno@example.com",
        branch: SOUTH,
    };
    let address = Address {
        street: "Rua Sinimbu",
        number: "1450",
        complement: "",
        district: "Centro",
        city: CAXIAS_DO_SUL,
        postal_code: "95020-001",
        latitude: "-29.1678",
        longitude: "-51.1794",
    };
    person(who, address)
}

fn carla() -> Result<Customer, TownError> {
    let who = Who {
        id: CARLA,
        name: "Carla Dias",
        document: "390.533.447-05",
        born_on: Some(date(1978, 12, 30)),
        registered_on: date(2021, 6, 18),
        phones: &["(21) 99876-5432"],
        email: "carla@example.com",
        branch: HEAD_OFFICE,
    };
    let address = Address {
        street: "Estrada do Pontal",
        number: "780",
        complement: "Casa 2",
        district: "Recreio dos Bandeirantes",
        city: RIO_DE_JANEIRO,
        postal_code: "22785-560",
        latitude: "-23.0230",
        longitude: "-43.4660",
    };
    person(who, address)
}

fn davi() -> Result<Customer, TownError> {
    let who = Who {
        id: DAVI,
        name: "Davi Rocha",
        document: "123.456.789-09",
        born_on: Some(date(1996, 1, 21)),
        registered_on: date(2024, 1, 10),
        phones: &["(41) 99123-0001", "(41) 3333-0002"],
        email: "davi@example.com",
        branch: SOUTH,
    };
    let address = Address {
        street: "Avenida Sete de Setembro",
        number: "2775",
        complement: "Sala 4",
        district: "Rebouças",
        city: CURITIBA,
        postal_code: "80230-010",
        latitude: "-25.4390",
        longitude: "-49.2680",
    };
    person(who, address)
}

fn empresa() -> Result<Customer, TownError> {
    let who = Who {
        id: EMPRESA,
        name: "Empresa Exemplo Ltda",
        document: "12.ABC.345/01DE-35",
        born_on: None,
        registered_on: date(2026, 8, 3),
        phones: &["(11) 3333-4444"],
        email: "contato@empresa.example.com",
        branch: HEAD_OFFICE,
    };
    let address = Address {
        street: "Rua do Comércio",
        number: "100",
        complement: "5º andar",
        district: "Santo Amaro",
        city: SAO_PAULO,
        postal_code: "04739-010",
        latitude: "-23.6530",
        longitude: "-46.7080",
    };
    let twin = Document::parse("11.222.333/0001-81")?;
    Ok(Customer { numeric_twin: Some(twin), ..person(who, address)? })
}

fn elisa() -> Result<Customer, TownError> {
    let who = Who {
        id: ELISA,
        name: "Elisa Prado",
        document: "987.654.321-00",
        born_on: Some(date(1969, 7, 8)),
        registered_on: date(2019, 2, 1),
        phones: &["(31) 98888-7777"],
        email: "elisa@example.com",
        branch: HEAD_OFFICE,
    };
    let address = Address {
        street: "Rua da Bahia",
        number: "1023",
        complement: "",
        district: "Lourdes",
        city: BELO_HORIZONTE,
        postal_code: "30160-011",
        latitude: "-19.9270",
        longitude: "-43.9400",
    };
    Ok(Customer { active: false, ..person(who, address)? })
}
